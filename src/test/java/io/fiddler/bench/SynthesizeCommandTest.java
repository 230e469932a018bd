package io.fiddler.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthesizeCommandTest {
  @TempDir Path directory;

  private Commands.Ended run(String... args) {
    return Commands.run(directory.resolve("home"), args);
  }

  @Test
  void synthesize_writesAModelThatBenchLoads() {
    Path folder = directory.resolve("model");
    Commands.Ended written =
        run("synthesize", "synthetic:tiny?layers=2", folder.toString(), "--shard-size=1MiB");
    assertThat(written.err()).isEmpty();
    assertThat(written.exitCode()).isZero();
    assertThat(written.out()).matches("\\S+model: 0\\.00 GB in .* s \\(.* GB/s\\)\\n");
    Commands.Ended measured =
        run(
            "bench",
            "--model=" + folder,
            "--device=none",
            "--threads=2",
            "--tokens=2",
            "--prompt=4",
            "--repeats=1",
            "--probe-memory=1MiB",
            "--probe-seconds=0.01");
    assertThat(measured.out())
        .contains("model: 0.00 GB of weights", "decode, 1 request, 4 in, 2 out");
  }

  @Test
  void synthesize_saysWhatIsWrong_inASentence() throws IOException {
    Files.writeString(directory.resolve("file"), "");
    Commands.Ended full = run("synthesize", "synthetic:tiny", directory.toString());
    assertThat(full.exitCode()).isEqualTo(1);
    assertThat(full.err())
        .isEqualTo("the folder %s must be empty, but is not\n".formatted(directory));
    Commands.Ended real = run("synthesize", "tiny-moe", directory.resolve("x").toString());
    assertThat(real.exitCode()).isEqualTo(64);
    assertThat(real.err())
        .startsWith(
            "synthesize writes synthetic models, such as synthetic:mixtral-8x7b?layers=16, got"
                + " tiny-moe\n");
    assertThat(run("synthesize", "synthetic:tiny").err())
        .startsWith("synthesize needs a synthetic model and a folder\n");
    assertThat(run("synthesize", "synthetic:gpt", directory.resolve("x").toString()).err())
        .startsWith("the synthetic shape must be one of ");
  }
}
