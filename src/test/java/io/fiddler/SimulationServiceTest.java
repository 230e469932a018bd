package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.RunningService.Answer;
import io.fiddler.config.command.SimulateCommand;
import io.fiddler.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What-if questions to the running service and, when it has stopped, to its database.
final class SimulationServiceTest {
  private static final int PROMPTS = 12;
  private static final int EXPERTS = 12;

  @TempDir private Path home;

  @Test
  void simulations_answerFromTheTracesOfRequests_runningOrStopped() {
    TestDatabase database = TestDatabase.create();
    try (RunningService service =
        RunningService.start(
            home,
            database,
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=" + EXPERTS,
            "--fiddler.placement.correction.mode=off", // the placement stays
            "--fiddler.traces.sample-rate=1",
            "--fiddler.dispatch.timeline-every=2")) {
      assertNoTraces(service.get("/actuator/simulation"));
      Prompts.of("dictionary").subList(0, PROMPTS).forEach(prompt -> service.complete(prompt));

      Answer answer = service.get("/actuator/simulation?concurrency=1");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertTraffic(answer.json());
      assertPredictionIsWhatWasMeasured(service, answer.json());
      assertCurve(answer.json());
      assertWhatIfs(service);
      assertRefused(service);
    }
    assertCommandAnswers(database);
  }

  private static void assertNoTraces(Answer answer) {
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().get("error").asString())
        .isEqualTo(
            "a simulation needs at least 2 recorded traces of this model, got 0: raise fiddler.traces.sample-rate, such as to 1, and send some requests");
  }

  private static void assertTraffic(JsonNode report) {
    assertThat(report.get("model").asString()).isEqualTo("tiny-moe");
    assertThat(report.at("/traces/count").asInt()).isEqualTo(PROMPTS);
    assertThat(report.at("/planned/count").asInt() + report.at("/scored/count").asInt())
        .isEqualTo(PROMPTS);
    assertThat(report.at("/asked/experts").asInt()).isEqualTo(EXPERTS);
    assertThat(report.at("/asked/policy").asString()).isEqualTo("auto");
  }

  /// Every request is traced and the placement stays: the same assignments are counted twice.
  private static void assertPredictionIsWhatWasMeasured(RunningService service, JsonNode report) {
    JsonNode measured = report.get("measured");
    double actual = service.get("/actuator/placement").json().get("actualHitRate").asDouble();
    assertThat(measured.get("traces").asInt()).isEqualTo(PROMPTS);
    assertThat(measured.get("hitRate").asDouble()).isCloseTo(actual, within(1e-12));
    assertThat(measured.get("predictedHitRate").asDouble()).isCloseTo(actual, within(1e-12));
    assertThat(measured.get("tokensPerSecond").asDouble()).isPositive();
    assertThat(measured.get("predictedTokensPerSecond").asDouble()).isPositive();
  }

  private static void assertCurve(JsonNode report) {
    List<JsonNode> curve = report.get("curve").valueStream().toList();
    assertThat(curve).hasSize(13);
    assertThat(curve.getFirst().get("hitRate").doubleValue()).isZero();
    assertThat(curve.getLast().get("hitRate").doubleValue()).isEqualTo(1);
    assertThat(curve.getLast().get("experts").asInt()).isEqualTo(48);
    for (JsonNode point : curve) {
      assertThat(point.get("hitRate").asDouble())
          .isLessThanOrEqualTo(point.get("hindsightHitRate").asDouble());
      assertThat(point.get("hindsightHitRate").asDouble())
          .isLessThanOrEqualTo(point.get("oracleHitRate").asDouble());
    }
    long step = curve.get(1).get("memoryBytes").asLong() - curve.get(0).get("memoryBytes").asLong();
    assertThat(curve.get(2).get("memoryBytes").asLong() - curve.get(1).get("memoryBytes").asLong())
        .isEqualTo(step);
  }

  private static void assertWhatIfs(RunningService service) {
    JsonNode even = service.get("/actuator/simulation?experts=24&policy=even").json();
    assertThat(even.at("/asked/experts").asInt()).isEqualTo(24);
    assertThat(even.at("/asked/policy").asString()).isEqualTo("even");
    JsonNode fourAtOnce =
        service.get("/actuator/simulation?copy=100&host=2&concurrency=4&memory=1GiB").json();
    assertThat(fourAtOnce.at("/asked/experts").asInt()).isEqualTo(48);
    assertThat(fourAtOnce.at("/asked/concurrency").asInt()).isEqualTo(4);
  }

  private static void assertRefused(RunningService service) {
    assertError(service, "memory=lots", "memory must be a size such as 24GiB or 512MiB, got lots");
    assertError(
        service, "copy=-1", "copy must be a factor above 0, such as 2 for twice as fast, got -1");
    assertError(
        service, "concurrency=0", "concurrency must be a whole number of at least 1, got 0");
    assertError(
        service,
        "memory=1GiB&experts=3",
        "give memory or experts, not both: the one says what the other is");
    assertThat(service.get("/actuator/simulation?policy=best").json().get("error").asString())
        .startsWith("policy must be one of auto, even, frequency")
        .endsWith("got best");
    assertThat(service.get("/actuator/simulation?memory=1KiB").json().get("error").asString())
        .startsWith("memory must be at least the ")
        .endsWith("needed beside the experts, got 1024");
  }

  private static void assertError(RunningService service, String query, String sentence) {
    Answer answer = service.get("/actuator/simulation?" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("error").asString()).isEqualTo(sentence);
  }

  private void assertCommandAnswers(TestDatabase database) {
    String[] settings = {
      "--fiddler.home=" + home,
      "--spring.datasource.url=" + database.url(),
      "--spring.datasource.username=" + database.username(),
      "--spring.datasource.password=" + database.password()
    };
    Path traces = home.resolve("traces.jsonl");
    Output table = command(settings, "--policy=frequency", "--export=" + traces);
    assertThat(table.exitCode()).as(table.err()).hasValue(0);
    assertThat(table.out()).contains("tiny-moe: 12 traces", "oracle (Belady)", "best fixed, after");

    Output json = command(settings, "--json=-", "--experts=12", "--policy=frequency");
    Output fromFile =
        command(settings, "--json=-", "--experts=12", "--policy=frequency", "--traces=" + traces);
    JsonNode report = JsonMapper.shared().readTree(json.out());
    assertThat(report.at("/measured").isNull()).isTrue();
    assertThat(report.at("/oracle/hitRate").asDouble()).isGreaterThan(0.3);
    assertThat(JsonMapper.shared().readTree(fromFile.out()).get("curve"))
        .isEqualTo(report.get("curve"));

    assertThat(command(settings, "--speed=2").exitCode()).hasValue(64);
    assertThat(command(settings, "--speed=2").err()).startsWith("unknown option --speed");
    Output noBasis = command(settings, "--fiddler.home=" + home.resolve("other"));
    assertThat(noBasis.exitCode()).hasValue(1);
  }

  private record Output(OptionalInt exitCode, String out, String err) {}

  private static Output command(String[] settings, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] args = new String[1 + settings.length + more.length];
    args[0] = "simulate";
    System.arraycopy(settings, 0, args, 1, settings.length);
    System.arraycopy(more, 0, args, 1 + settings.length, more.length);
    OptionalInt exitCode =
        SimulateCommand.run(
            args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new Output(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }
}
