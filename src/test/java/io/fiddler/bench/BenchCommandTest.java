package io.fiddler.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.bench.Commands.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BenchCommandTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path home;

  private Ended bench(String... options) {
    List<String> args =
        new ArrayList<>(
            List.of("bench", "--threads=2", "--probe-memory=4MiB", "--probe-seconds=0.01"));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--repeats="))) {
      args.add("--repeats=2");
    }
    args.addAll(List.of(options));
    return Commands.run(home, args.toArray(new String[0]));
  }

  @Test
  void report_hasAllThatWasMeasured_whenEverythingIsOnTheCpu() throws IOException {
    Path file = home.resolve("report.json");
    Ended ended =
        bench("--device=none", "--requests=1,3", "--prompt=5", "--tokens=6", "--json=" + file);

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("probes: CPU reads ")
        .containsPattern("start: .*reading weights .* s \\(0.01 GB, .* GB/s\\), ")
        .contains("decode, 1 request, 5 in, 6 out")
        .contains("first token, 5 in")
        .contains("decode, 3 requests, 5 in, 6 out")
        .containsPattern("3 clients at once: .* the kernels' times predict .* of it");
    JsonNode report = JSON.readTree(Files.readString(file));
    JsonNode gain = report.path("gains").path(0);
    assertThat(gain.path("requests").asInt()).isEqualTo(3);
    assertThat(gain.path("ratio").asDouble())
        .isCloseTo(
            gain.path("measured").asDouble() / gain.path("predicted").asDouble(), within(1e-9));
    assertThat(gain.path("predicted").asDouble())
        .isCloseTo(
            3
                * report.at("/scenarios/0/decode/limit/seconds").asDouble()
                / report.at("/scenarios/1/decode/limit/seconds").asDouble(),
            within(1e-9));
    assertThat(report.path("format").asInt()).isEqualTo(1);
    assertThat(report.path("machine").path("cores").asInt()).isPositive();
    assertThat(report.path("machine").path("deviceKind").asString()).isEqualTo("none");
    assertThat(report.path("options").path("model").asString()).isEqualTo("tiny-moe");
    assertThat(report.path("model").path("numExperts").asInt()).isEqualTo(48);
    JsonNode phases = report.path("start").path("phases");
    assertThat(phases.findValuesAsString("name")).contains("reading weights", "checking lanes");
    assertThat(phases.findValuesAsString("bytes")).contains("12409728");
    assertThat(report.path("probes").path("hostRead").asDouble()).isPositive();
    assertThat(report.path("probes").path("copy").isNull()).isTrue();
    assertThat(report.path("scenarios").size()).isEqualTo(2);
    JsonNode one = report.path("scenarios").get(0);
    assertThat(one.path("rounds").asInt()).isEqualTo(2);
    assertThat(one.path("cut").asBoolean()).isFalse();
    assertThat(one.path("firstTokenSeconds").path("count").asInt()).isEqualTo(2);
    JsonNode decode = one.path("decode");
    // 6 layers of 2 experts for the token, none of them on a device; 5 decoded tokens a round.
    assertThat(decode.path("missedExperts").asDouble()).isEqualTo(12);
    assertThat(decode.path("rowsPerMissedExpert").asDouble()).isEqualTo(1);
    assertThat(decode.path("hitRate").asDouble()).isZero();
    assertThat(decode.path("streamedBytesPerToken").asDouble()).isZero();
    assertThat(decode.path("seconds").path("count").asInt()).isEqualTo(10);
    assertThat(decode.path("lanes").path("hostSeconds").asDouble()).isPositive();
    JsonNode limit = decode.path("limit");
    double expertBytes = report.path("model").path("expertBytes").asDouble();
    assertThat(limit.path("missedBytes").asDouble()).isEqualTo(12 * expertBytes);
    assertThat(limit.path("copyBytesPerSecond").asDouble()).isZero();
    assertThat(decode.path("ratio").asDouble())
        .isEqualTo(
            limit.path("seconds").asDouble() / decode.path("seconds").path("median").asDouble());
    JsonNode three = report.path("scenarios").get(1).path("decode");
    assertThat(three.path("missedExperts").asDouble()).isBetween(12.0, 36.0);
    assertThat(three.path("rowsPerMissedExpert").asDouble()).isGreaterThanOrEqualTo(1);
    assertThat(Files.readString(file)).doesNotContain(home.toString());
  }

  @Test
  void report_isAllOfStandardOutput_whenAskedTo() {
    Ended ended =
        bench(
            "--device=emulated",
            "--experts=24",
            "--dispatch=stream",
            "--prompt=8",
            "--tokens=33",
            "--json=-");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    JsonNode report = JSON.readTree(ended.out());
    assertThat(ended.err()).contains("decode, 1 request, 8 in, 33 out");
    assertThat(report.path("model").path("residentExperts").asInt()).isEqualTo(24);
    assertThat(report.path("probes").path("copyTogether").asDouble()).isPositive();
    JsonNode decode = report.path("scenarios").get(0).path("decode");
    double missed = decode.path("missedExperts").asDouble();
    assertThat(missed).isStrictlyBetween(0.0, 12.0);
    assertThat(decode.path("hitRate").asDouble()).isCloseTo(1 - missed / 12, within(1e-12));
    // Everything that was missed was streamed, and what was sent ahead for nothing comes on top.
    assertThat(decode.path("streamedBytesPerToken").asDouble())
        .isGreaterThanOrEqualTo(missed * report.path("model").path("expertBytes").asDouble());
    assertThat(decode.path("lanes").path("copySeconds").asDouble()).isPositive();
    assertThat(decode.path("limit").path("copyBytesPerSecond").asDouble()).isPositive();
    assertThat(decode.path("limit").path("deviceSeconds").asDouble()).isPositive();
  }

  @Test
  void correcting_measuresDecodingWithAndWithoutAnExchange() {
    Ended ended =
        bench(
            "--device=emulated",
            "--experts=12",
            "--dispatch=host",
            "--prompt=8",
            "--tokens=60",
            "--correcting=1GiB",
            "--json=-");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.err())
        .containsPattern("while experts are exchanged: .* ms a step, .* without");
    JsonNode correcting = JSON.readTree(ended.out()).path("scenarios").get(0).path("correcting");
    assertThat(correcting.path("maxBytesPerSecond").asLong()).isEqualTo(1L << 30);
    assertThat(correcting.path("seconds").path("count").asInt()).isEqualTo(2 * 59);
    assertThat(correcting.path("secondsExchanging").path("count").asInt()).isEqualTo(2 * 59);
    assertThat(correcting.path("experts").asInt()).isPositive();
    assertThat(correcting.path("copiedBytesPerSecond").asDouble()).isBetween(1.0, 1.2e9);
  }

  @Test
  void learnedPlacement_hitsMoreOften_whenRoutersAreSkewed() {
    String[] options = {
      "--model=synthetic:tiny?seed=3",
      "--skew=1.5",
      "--device=emulated",
      "--experts=8",
      "--requests=4",
      "--prompt=32",
      "--tokens=8",
      "--json=-"
    };
    JsonNode even = JSON.readTree(bench(options).out());
    String[] learning = Arrays.copyOf(options, options.length + 1);
    learning[options.length] = "--placement=learned";
    JsonNode learned = JSON.readTree(bench(learning).out());

    assertThat(learned.path("model").path("placement").asString()).isEqualTo("frequency");
    assertThat(learned.path("model").path("forecastHitRate").asDouble()).isGreaterThan(0.45);
    assertThat(hitRate(learned)).isGreaterThan(hitRate(even) + 0.1);
  }

  @Test
  void beams_areRowsOfTheSameSteps() {
    Ended ended = bench("--device=none", "--prompt=5", "--tokens=6", "--beams=1,4", "--json=-");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("decode, 1 request, 4 beams, 5 in, 6 out");
    JsonNode four = JSON.readTree(ended.out()).path("scenarios").get(1);
    assertThat(four.path("beams").asInt()).isEqualTo(4);
    assertThat(four.path("decode").path("seconds").path("count").asInt()).isEqualTo(10);
    // Read once for all beams: no expert of the 48 twice in a step.
    assertThat(four.path("decode").path("missedExperts").asDouble()).isBetween(12.0, 48.0);
    assertThat(four.path("decode").path("rowsPerMissedExpert").asDouble()).isGreaterThan(1);
  }

  private static double hitRate(JsonNode report) {
    return report.path("scenarios").get(0).path("prefill").path("hitRate").asDouble();
  }

  @Test
  void rounds_areCut_whenTimeRunsOut() {
    Ended ended =
        bench(
            "--device=none",
            "--prompt=8",
            "--tokens=800",
            "--repeats=10000",
            "--seconds=1",
            "--json=-");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    JsonNode scenario = JSON.readTree(ended.out()).path("scenarios").get(0);
    assertThat(scenario.path("cut").asBoolean()).isTrue();
    assertThat(scenario.path("decode").path("seconds").path("count").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "64|--foo=1|unknown option --foo",
        "64|--preset=beam,--beams=2|unknown option --beams",
        "64|--preset=issue,--tokens=4|unknown option --tokens",
        "64|--skew=1|--skew is for the routers of synthetic models, got the model tiny-moe",
        "64|--json=/no/such/folder/x.json|--json must be a file that can be written, got /no/such",
        "64|--max-step-tokens=0|--max-step-tokens must be a whole number of at least 1, got 0",
        "1|--model=/no/such/model|the model must be a directory, tiny-moe or synthetic:...",
        "1|--model=synthetic:tiny?skew=-1|skew must be a number in [0, 4], got \"-1\"",
        "1|--device=emulated,--experts=99|fiddler.device.experts must be -1 or in [0, 48], got 99",
        "1|--device=emulated,--device-memory=1MiB|fiddler.device.memory",
      })
  void command_endsWithOneSentence_whenAnOptionIsWrong(
      int exitCode, String options, String sentence) {
    Ended ended = bench(options.split(","));
    assertThat(ended.exitCode()).isEqualTo(exitCode);
    assertThat(ended.err()).contains(sentence).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void help_listsTheOptions() {
    Ended ended = bench("--help");
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.out()).contains("--preset=").contains("--device-memory=").contains("--json=");
  }

  @Test
  void noCommand_isLeftToTheService() {
    assertThat(EngineMain.run(new String[] {"--server.port=0"}, System.out, System.err)).isEmpty();
    assertThat(EngineMain.run(new String[0], System.out, System.err)).isEmpty();
  }
}
