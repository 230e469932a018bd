package io.fiddler.ops;

import io.fiddler.expert.ExpertId;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.learning.correction.CorrectionStatus;
import io.fiddler.learning.drift.DriftStatus;
import io.fiddler.placement.correction.Exchange;
import java.time.Instant;
import java.util.List;

/// A correction that says what a test wants.
public final class FakeMonitor implements CorrectionMonitor {
  private DriftStatus drift = DriftStatus.UNKNOWN;

  public void drifts() {
    drift = new DriftStatus(0.3, 0.5, -0.2, 0.125, 0.25, 2, true, List.of());
  }

  @Override
  public CorrectionStatus status() {
    return new CorrectionStatus(
        Mode.SUGGEST,
        true,
        3,
        2,
        Instant.parse("2026-03-04T05:06:07Z"),
        7,
        7_000,
        1,
        0.5,
        List.of(
            new Exchange(new ExpertId(2, 1), new ExpertId(0, 3), 0.02, 0.004),
            new Exchange(new ExpertId(0, 1), null, 0.01, 0.004)));
  }

  @Override
  public DriftStatus drift() {
    return drift;
  }
}
