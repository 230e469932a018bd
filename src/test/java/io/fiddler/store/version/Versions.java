package io.fiddler.store.version;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Placements to record.
final class Versions {
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456Z");

  private Versions() {}

  static PlacementVersion of(String fingerprint, String replica) {
    return new PlacementVersion(
        0,
        fingerprint,
        replica,
        NOW,
        Author.OPERATOR,
        NOW.minusSeconds(60),
        NOW,
        "a reason",
        new Placement(
            List.of(
                new ScoredExpert(new ExpertId(3, 1), 0.75),
                new ScoredExpert(new ExpertId(0, 2), 0.5)),
            "frequency",
            Map.of("capacity", "2"),
            new HitRateForecast(0.5, 0.4, 0.6, 0.05)),
        "alice");
  }
}
