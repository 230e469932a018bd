package io.fiddler.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.Commands.Ended;
import io.fiddler.model.load.ModelSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlanCommandTest {
  private static final String[] RATES = {
    "--cpu-bandwidth=104", "--copy-bandwidth=54", "--device-bandwidth=2700"
  };

  @TempDir Path home;

  private Ended plan(Path model, String... options) {
    String[] args = new String[options.length + 2];
    args[0] = "plan";
    args[1] = model.toString();
    System.arraycopy(options, 0, args, 2, options.length);
    return Commands.run(home, args);
  }

  @Test
  void mixtral_isPlanned_fromItsConfigAlone() {
    Path config = Commands.copy("/configs/mixtral-8x7b.json", home.resolve("config.json"));
    Ended ended = plan(config, RATES);

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("32 layers, 256 experts of 336.0 MiB in BF16, 64 a token; 87.0 GiB of weights")
        .contains("device memory of 24.0 GiB:")
        .containsPattern("context, kernels, workspaces +1\\.0 GiB")
        .containsPattern("dense weights +3\\.0 GiB")
        .containsPattern("key/value cache, 4096 tokens +512\\.0 MiB")
        .containsPattern("scratch +1\\d\\d\\.\\d MiB")
        .contains("58 of 256 experts")
        .contains("sequences may borrow the room of 11 experts, 33664 tokens of cache in all")
        .containsPattern("CPU +104\\.0 GB/s  \\(--cpu-bandwidth\\)")
        .containsPattern("decoding for one request: up to 8\\.\\d\\d tokens/s");
    // A directory with nothing else, as before a download, plans the same.
    assertThat(plan(home, RATES).out().lines().skip(1).toList())
        .isEqualTo(ended.out().lines().skip(1).toList());
  }

  @Test
  void shape_isPlannedAsTheModel() {
    Path config = Commands.copy("/configs/mixtral-8x7b.json", home.resolve("any-name.json"));
    assertThat(plan(Path.of("synthetic:mixtral-8x7b"), RATES).out().lines().skip(1).toList())
        .isEqualTo(plan(config, RATES).out().lines().skip(1).toList());
  }

  @Test
  void tinyMoe_isPlanned_withAQuickProbe() {
    Path config = Commands.copy("/models/tiny-moe/config.json", home.resolve("config.json"));
    Ended ended =
        plan(
            config,
            "--device-memory=16MiB",
            "--device-reserved=1MiB",
            "--probe-memory=4MiB",
            "--probe-seconds=0.01");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("48 experts")
        .containsPattern("\\d+ of 48 experts")
        .contains("probed here")
        .contains("tokens/s");
  }

  @Test
  void latencies_areThoseThatAnEngineMeasuredHere_butNotOfAnEmulatedDevice() throws IOException {
    Path folder = Files.createDirectories(home.resolve("latency"));
    String model = "synthetic:tiny";
    String fingerprint = fingerprint(model);
    Files.writeString(
        folder.resolve(fingerprint + "-NVIDIA-H100-16-threads.json"),
        """
        {"version": 2, "latency": {"model": {
          "hostNanos": {"points": [{"rows": 1, "nanos": 1000.0}]},
          "deviceNanos": {"points": [{"rows": 1, "nanos": 100.0}]},
          "copyNanos": 2000.0}}}
        """);
    Files.writeString(folder.resolve(fingerprint + "-CPU-playing-a-device-2-threads.json"), "{}");

    // An expert of this shape has 3 * 128 * 256 * 2 bytes.
    assertThat(plan(Path.of(model)).out())
        .containsPattern("CPU +196\\.6 GB/s  \\(measured by an engine here, .*NVIDIA-H100")
        .containsPattern("copies to the device +98\\.3 GB/s")
        .containsPattern("device memory +1966\\.1 GB/s");
    assertThat(plan(Path.of(model), "--copy-bandwidth=10").out())
        .containsPattern("copies to the device +10\\.0 GB/s  \\(--copy-bandwidth\\)");
  }

  private static String fingerprint(String model) {
    return ModelSources.of(model, Path.of("unused"), 1)
        .fingerprint()
        .orElseThrow()
        .substring(0, 16);
  }

  @Test
  void plan_endsWithOneSentence_whenTheModelIsWrong() throws IOException {
    assertThat(Commands.run(home, "plan").err())
        .contains("plan needs a model directory, a config.json or synthetic:...");
    assertRefused(plan(home.resolve("nope.json")), "there is no file " + home.resolve("nope.json"));
    assertRefused(plan(home.resolve("nope")), "the model must be a directory");
    Path empty = Files.createDirectory(home.resolve("empty"));
    assertRefused(plan(empty), "config.json is missing");
    Path noJson = Files.writeString(home.resolve("weights.bin"), "\0\1");
    assertRefused(plan(noJson), "not valid JSON");
    Path other = Files.writeString(home.resolve("other.json"), "{\"model_type\": \"llama\"}");
    assertRefused(plan(other), "model_type must be one of [mixtral], got \"llama\"");
    Path config = Commands.copy("/configs/mixtral-8x7b.json", home.resolve("mixtral.json"));
    assertRefused(
        plan(config, "--device-memory=2GiB"), "the model needs ", "raise fiddler.device.memory");
    assertRefused(plan(config, "--experts=200"), "200 experts of 336.0 MiB do not fit");
    assertThat(plan(config, "--experts=x").exitCode()).isEqualTo(64);
  }

  private static void assertRefused(Ended ended, String... sentence) {
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).contains(sentence).doesNotContain("\tat ");
  }
}
