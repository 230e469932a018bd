package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the product promises: a restarted service knows from its database which experts to keep.
/// With room for a quarter of the experts, dictionary prompts hit a third of the time after a
/// history of speeches, and half of the time after a history of other dictionary prompts. See
/// `src/docs/learning.md`.
final class LearnedPlacementTest {
  private static final int HISTORY = 18;

  @TempDir private Path home;

  @Test
  void hitRate_followsTheHistoryInTheDatabase() {
    List<String> dictionary = Prompts.of("dictionary");
    List<String> further = dictionary.subList(HISTORY, dictionary.size());
    double afterSpeeches =
        hitRate(home.resolve("speeches"), Prompts.of("speeches").subList(0, HISTORY), further);
    double afterDictionary =
        hitRate(home.resolve("dictionary"), dictionary.subList(0, HISTORY), further);
    assertThat(afterSpeeches).isBetween(0.25, 0.36);
    assertThat(afterDictionary).isGreaterThanOrEqualTo(0.48);
  }

  private static double hitRate(Path home, List<String> history, List<String> further) {
    TestDatabase database = TestDatabase.create();
    try (RunningService service = start(home, database)) {
      history.forEach(prompt -> service.complete(prompt));
    }
    try (RunningService service = start(home, database)) {
      JsonNode planned = service.get("/actuator/placement").json();
      assertThat(planned.get("policy").asString()).isEqualTo("frequency");
      further.forEach(prompt -> service.complete(prompt));
      return service.get("/actuator/placement").json().get("actualHitRate").asDouble();
    }
  }

  private static RunningService start(Path home, TestDatabase database) {
    return RunningService.start(
        home,
        database,
        "--fiddler.device.kind=emulated",
        "--fiddler.device.experts=12",
        "--fiddler.placement.correction.mode=off");
  }
}
