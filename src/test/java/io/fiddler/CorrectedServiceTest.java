package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A service that started with a history of speeches is given dictionary prompts: experts move
/// while it runs, until it does as well as with a history of its own. See `src/docs/correction.md`.
final class CorrectedServiceTest {
  private static final int HISTORY = 18;

  @TempDir private Path home;

  @Test
  void hitRate_comesToThatOfTheOwnHistory_whileTheServiceRuns() {
    TestDatabase database = TestDatabase.create();
    try (RunningService service = start(home, database, "off")) {
      Prompts.of("speeches").stream().limit(HISTORY).forEach(prompt -> service.complete(prompt));
    }
    try (RunningService service = start(home, database, "automatic")) {
      Prompts.of("dictionary").stream().limit(HISTORY).forEach(prompt -> service.complete(prompt));
      long[] before = counts(service);
      Prompts.of("dictionary").stream().skip(HISTORY).forEach(prompt -> service.complete(prompt));
      long[] after = counts(service);

      assertThat((double) (after[0] - before[0]) / (after[1] - before[1]))
          .isGreaterThanOrEqualTo(0.48);
      JsonNode placement = service.get("/actuator/placement").json();
      assertThat(placement.get("version").asLong()).isEqualTo(2);
      assertThat(placement.at("/correction/mode").asString()).isEqualTo("automatic");
      assertThat(placement.at("/correction/movedInWindow").asInt()).isGreaterThanOrEqualTo(5);
      assertThat(placement.at("/correction/lastChange").isNull()).isFalse();
      assertThat(placement.at("/drift/divergence").asDouble()).isGreaterThan(0.05);
      assertThat(placement.at("/drift/drifting").asBoolean()).isTrue();
      JsonNode health = service.get("/actuator/health").json();
      assertThat(health.get("status").asString()).isEqualTo("UP");
      assertThat(health.at("/components/placement/details/drifting").asBoolean()).isTrue();
      assertThat(service.get("/actuator/prometheus").body())
          .contains("fiddler_placement_moves_total", "fiddler_placement_divergence_bits");
    }
  }

  /// Hits and assignments.
  private static long[] counts(RunningService service) {
    PhaseAssignments since = service.engine().assignmentsSincePlacement();
    AssignmentCounts sum = since.prefill().plus(since.decode());
    return new long[] {sum.resident(), sum.total()};
  }

  private static RunningService start(Path home, TestDatabase database, String mode) {
    return RunningService.start(
        home,
        database,
        "--fiddler.device.kind=emulated",
        "--fiddler.device.experts=12",
        "--fiddler.placement.correction.mode=" + mode);
  }
}
