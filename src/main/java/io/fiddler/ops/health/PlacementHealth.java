package io.fiddler.ops.health;

import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.learning.correction.CorrectionStatus;
import io.fiddler.learning.drift.DriftStatus;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether the placement still fits the traffic. Always UP: drift is what traffic does, it fails no
/// request and correction follows it; a status that changes with the traffic would only teach
/// people not to look. `drifting` tells, and so do a gauge and a log line.
final class PlacementHealth implements HealthIndicator {
  private final CorrectionMonitor correction;

  PlacementHealth(CorrectionMonitor correction) {
    this.correction = correction;
  }

  @Override
  public Health health() {
    DriftStatus drift = correction.drift();
    CorrectionStatus status = correction.status();
    Map<String, Object> details = new TreeMap<>();
    put(details, "hitRateNow", drift.hitRateNow());
    put(details, "forecast", drift.forecast());
    put(details, "difference", drift.difference());
    put(details, "divergence", drift.divergence());
    put(details, "maxDivergence", drift.maxDivergence());
    put(details, "maxDivergenceLayer", drift.maxDivergenceLayer());
    details.put("drifting", drift.drifting());
    details.put("correction", status.mode().name().toLowerCase(Locale.ROOT));
    details.put("correctionFailures", status.failures());
    return Health.up().withDetails(details).build();
  }

  private static void put(Map<String, Object> details, String name, @Nullable Object value) {
    if (value != null) {
      details.put(name, value);
    }
  }
}
