package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresPlacementStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456Z");

  private final TestStore store = TestStore.create();
  private final PostgresPlacementStore placements = new PostgresPlacementStore(store.connection());

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void find_returnsWhatWasRecorded() {
    PlacementVersion first = placements.record(full("print"), PlacementAction.APPLY);
    PlacementVersion second = placements.record(bare("print"), PlacementAction.START);
    assertThat(second.id()).isGreaterThan(first.id());
    assertThat(placements.find(first.id())).contains(first);
    assertThat(placements.find(second.id())).contains(second);
    assertThat(placements.find(second.id() + 1)).isEmpty();
  }

  private static PlacementVersion full(String fingerprint) {
    return new PlacementVersion(
        0,
        fingerprint,
        "replica-1",
        NOW,
        Author.OPERATOR,
        NOW.minusSeconds(60),
        NOW,
        "a \"reason\"",
        new Placement(
            List.of(
                new ScoredExpert(new ExpertId(3, 1), 0.75),
                new ScoredExpert(new ExpertId(0, 2), 0.5)),
            "frequency",
            Map.of("halfLife", "7d", "smoothing", "1"),
            new HitRateForecast(0.5, 0.4, 0.6)));
  }

  private static PlacementVersion bare(String fingerprint) {
    return new PlacementVersion(
        0,
        fingerprint,
        "replica-1",
        NOW,
        Author.STARTUP,
        null,
        null,
        null,
        new Placement(List.of(), "even", Map.of(), new HitRateForecast(0, 0, 0)));
  }
}
