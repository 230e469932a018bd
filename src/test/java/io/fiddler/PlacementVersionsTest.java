package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.RunningService.Answer;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Placements as an operator works with them: over HTTP, the real engine, a real PostgreSQL.
final class PlacementVersionsTest {
  private static final String PLACEMENT = "/actuator/placement";
  private static final String PLACEMENTS = "/actuator/placements";
  private static final String[] EMULATED = {
    "--fiddler.device.kind=emulated", "--fiddler.device.experts=12", "--fiddler.replica=first"
  };

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();

  @Test
  void versions_areListedComparedAndRolledBackTo_withWhatTheyAchieved() {
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      complete(service, "ROMEO: I");
      PhaseAssignments even = service.engine().assignmentsSincePlacement();

      JsonNode applied = act(service, 200, "{\"action\":\"apply\",\"reason\":\"learn\"}");

      assertThat(applied.get("version").asLong()).isEqualTo(2);
      assertThat(applied.get("by").asString()).isEqualTo("127.0.0.1");
      assertThat(applied.get("fingerprint").asString())
          .isEqualTo(service.engine().model().fingerprint());
      complete(service, "ROMEO: I");
      PhaseAssignments learned = service.engine().assignmentsSincePlacement();

      JsonNode rolledBack =
          act(service, 200, "{\"action\":\"rollback\",\"version\":1,\"reason\":\"to compare\"}");

      assertThat(rolledBack.get("version").asLong()).isEqualTo(3);
      assertThat(rolledBack.get("reason").asString()).isEqualTo("rollback to 1: to compare");

      JsonNode rows = service.get(PLACEMENTS).json().get("placements");
      assertThat(rows.valueStream().map(row -> row.get("version").asInt()))
          .containsExactly(3, 2, 1);
      assertAchieved(rows.get(2), even);
      assertAchieved(rows.get(1), learned);
      assertThat(rows.get(1).get("achievedHitRate").asDouble())
          .isCloseTo(rows.get(1).get("forecastHitRate").asDouble(), within(0.03));
      assertThat(rows.get(0).get("achievedHitRate").isNull()).isTrue();
      assertThat(rows.get(0).get("current").asBoolean()).isTrue();
      assertThat(rows.get(0).get("experts").asInt()).isEqualTo(12);
      assertThat(rows.get(1).get("current").asBoolean()).isFalse();
      assertThat(rows.get(1).get("replica").asString()).isEqualTo("first");
      JsonNode page = service.get(PLACEMENTS + "?limit=1&before=3").json().get("placements");
      assertThat(page).hasSize(1);
      assertThat(page.get(0).get("version").asInt()).isEqualTo(2);

      JsonNode second = service.get(PLACEMENTS + "/2?against=1").json();
      assertThat(second.get("policy").asString()).isEqualTo("frequency");
      assertThat(second.at("/achieved/hitRate").asDouble())
          .isEqualTo(rows.get(1).get("achievedHitRate").asDouble());
      assertThat(second.at("/achieved/assignments/total").asLong())
          .isEqualTo(learned.prefill().total() + learned.decode().total());
      assertThat(second.at("/achieved/hitRatePrefill").asDouble())
          .isEqualTo(learned.prefill().hitRate());
      assertThat(second.at("/diff/against").asInt()).isEqualTo(1);
      assertThat(second.at("/diff/added")).hasSameSizeAs(second.at("/diff/removed"));
      assertThat(second.at("/diff/kept").asInt() + second.at("/diff/added").size()).isEqualTo(12);
      assertThat(service.get(PLACEMENTS + "/3?against=1").json().at("/diff/kept").asInt())
          .isEqualTo(12);

      assertThat(
              service
                  .get(PLACEMENTS + "/events")
                  .json()
                  .get("events")
                  .valueStream()
                  .map(event -> event.get("action").asString()))
          .containsExactly("rollback", "apply", "start");
    }
  }

  @Test
  void pin_holdsOverARestart_andWhatWasAchievedGoesOn() {
    long before;
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      complete(service, "ROMEO: I");
      act(service, 200, "{\"action\":\"pin\",\"reason\":\"a demo\"}");
      before = total(service.engine().assignmentsSincePlacement());
    }
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      JsonNode placement = service.get(PLACEMENT).json();
      assertThat(placement.get("version").asLong()).isEqualTo(1);
      assertThat(placement.at("/pinned/version").asLong()).isEqualTo(1);
      assertThat(placement.at("/pinned/by").asString()).isEqualTo("127.0.0.1");
      assertThat(placement.at("/pinned/reason").asString()).isEqualTo("a demo");
      assertThat(act(service, 409, "{}").get("error").asString())
          .isEqualTo("placement 1 is pinned by 127.0.0.1 (a demo): unpin it first");

      complete(service, "ROMEO: I");

      long now = total(service.engine().assignmentsSincePlacement());
      assertThat(service.get(PLACEMENTS + "/1").json().at("/achieved/assignments/total").asLong())
          .isEqualTo(before + now);
      assertThat(act(service, 200, "{\"action\":\"unpin\"}").get("pinned").isNull()).isTrue();
      assertThat(act(service, 200, "{}").get("version").asLong()).isEqualTo(2);
    }
    // Written when the service stopped: nothing ran under 2, and 1 is as it was.
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      JsonNode rows = service.get(PLACEMENTS).json().get("placements");
      assertThat(rows.get(1).get("achievedHitRate").isNull()).isTrue();
      assertThat(rows.get(2).get("achievedAssignments").asLong()).isGreaterThan(before);
    }
  }

  @Test
  void everyAnswer_carriesModelAndPlacementVersion() throws IOException {
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      String print = "fp_" + service.engine().model().fingerprint().substring(0, 12) + "_p";
      act(service, 200, "{}");
      assertThat(complete(service, "ROMEO: I").get("system_fingerprint").asString())
          .isEqualTo(print + 2);
      String request = "{\"prompt\":\"ROMEO: I\",\"max_tokens\":4,\"stream\":true}";
      try (var lines = service.stream("/v1/completions", request)) {
        assertThat(lines.lines().filter(line -> line.startsWith("data: {")))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(line).contains("\"" + print + "2\""));
      }
      assertThat(service.header("/v1/completions", request, "X-Fiddler-Placement")).contains("2");
    }
  }

  @Test
  void wrongInput_getsOneSentence_andChangesNothing() {
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      assertError(service.post(PLACEMENT, "{\"action\":\"revert\"}"), 400, "action must be ");
      assertError(
          service.post(PLACEMENT, "{\"action\":\"rollback\"}"), 400, "rollback needs the version");
      assertError(
          service.post(PLACEMENT, "{\"action\":\"rollback\",\"version\":\"x\"}"),
          400,
          "version must be the number of a placement, got x");
      assertError(
          service.post(PLACEMENT, "{\"action\":\"rollback\",\"version\":7}"),
          404,
          "version must be that of a recorded placement, got 7");
      assertError(
          service.post(PLACEMENT, "{\"policy\":\"odd\"}"),
          400,
          "policy must be one of auto, even, ");
      assertError(
          service.post(PLACEMENT, "{\"action\":\"pin\",\"scope\":\"some\"}"),
          400,
          "scope must be replica or all, got some");
      assertError(
          service.post(PLACEMENT, "{\"reason\":\"" + "x".repeat(1001) + "\"}"),
          400,
          "reason must have at most 1000 characters, got 1001");
      assertError(
          service.post(PLACEMENT, "{\"reason\":\"a\\u0000b\"}"), 400, "reason must not contain ");
      assertError(service.get(PLACEMENTS + "/x"), 400, "version must be the number of a placement");
      assertError(service.get(PLACEMENTS + "/7"), 404, "version must be that of a recorded ");
      assertError(service.get(PLACEMENTS + "/1?against=7"), 404, "version must be that of a ");
      assertError(service.get(PLACEMENTS + "?limit=0"), 400, "limit must be a number from 1 to ");
      assertError(service.get(PLACEMENTS + "?before=x"), 400, "before must be the number of ");
      assertThat(service.get(PLACEMENTS).json().get("placements")).hasSize(1);
    }
  }

  @Test
  void operations_answer503_whileTheDatabaseIsDown_andNothingIsLost() throws IOException {
    try (CuttingProxy proxy = new CuttingProxy(database);
        RunningService service =
            RunningService.start(
                home,
                database.through(proxy.port()),
                "--fiddler.device.kind=emulated",
                "--fiddler.device.experts=12",
                "--spring.datasource.hikari.connection-timeout=500")) {
      proxy.down();
      for (String action : List.of("apply", "propose", "pin", "unpin")) {
        assertError(
            service.post(PLACEMENT, "{\"action\":\"" + action + "\"}"),
            503,
            "the database does not answer: ");
      }
      assertError(
          service.post(PLACEMENT, "{\"action\":\"rollback\",\"version\":1}"),
          503,
          "the database does not answer: ");
      assertError(service.get(PLACEMENTS), 503, "the database does not answer: ");
      assertError(service.get(PLACEMENTS + "/1"), 503, "the database does not answer: ");
      assertThat(service.get(PLACEMENT).json().get("version").asLong()).isEqualTo(1);
      complete(service, "ROMEO: I");
      long counted = total(service.engine().assignmentsSincePlacement());

      proxy.up();
      // The writer tries again at ever longer intervals, of 10 seconds at most: longer than a
      // flush.
      if (!service.flush()) {
        assertThat(service.flush()).isTrue();
      }

      assertThat(service.get(PLACEMENTS).json().at("/placements/0/achievedAssignments").asLong())
          .isEqualTo(counted);
      assertThat(act(service, 200, "{}").get("policy").asString()).isEqualTo("frequency");
    }
  }

  @Test
  void everyAssignment_isCountedUnderOneVersion_whileTheyChangeUnderLoad() throws Exception {
    try (RunningService service = RunningService.start(home, database, EMULATED);
        ExecutorService clients = Executors.newFixedThreadPool(3)) {
      complete(service, "ROMEO: I");
      List<Future<JsonNode>> answers =
          IntStream.range(0, 12)
              .mapToObj(i -> clients.submit(() -> complete(service, "To be, or not to be " + i)))
              .toList();
      for (int i = 0; i < 4; i++) {
        act(service, 200, "{\"action\":\"apply\"}");
        act(service, 200, "{\"action\":\"rollback\",\"version\":1}");
        assertThat(service.get(PLACEMENTS).status()).isEqualTo(200);
      }
      for (Future<JsonNode> answer : answers) {
        answer.get();
      }

      JsonNode rows = service.get(PLACEMENTS).json().get("placements");

      assertThat(rows).hasSize(9);
      long achieved =
          rows.valueStream().mapToLong(row -> row.get("achievedAssignments").asLong()).sum();
      assertThat(achieved).isEqualTo(chosen(service));
    }
  }

  /// All choices of the routers since the service started.
  private static long chosen(RunningService service) {
    return service.engine().activations().snapshot().values().stream()
        .mapToLong(ActivationSnapshot::total)
        .sum();
  }

  private static void assertAchieved(JsonNode row, PhaseAssignments counted) {
    assertThat(row.get("achievedAssignments").asLong()).isEqualTo(total(counted));
    assertThat(row.get("achievedHitRate").asDouble())
        .isEqualTo(counted.prefill().plus(counted.decode()).hitRate());
  }

  private static long total(PhaseAssignments counted) {
    return counted.prefill().total() + counted.decode().total();
  }

  private static void assertError(Answer answer, int status, String begin) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().get("error").asString()).startsWith(begin);
  }

  private static JsonNode act(RunningService service, int status, String json) {
    Answer answer = service.post(PLACEMENT, json);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    return answer.json();
  }

  private static JsonNode complete(RunningService service, String prompt) {
    Answer answer =
        service.post(
            "/v1/completions",
            "{\"prompt\":\"" + prompt + "\",\"max_tokens\":24,\"temperature\":0}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
