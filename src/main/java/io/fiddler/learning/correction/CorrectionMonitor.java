package io.fiddler.learning.correction;

import io.fiddler.learning.drift.DriftStatus;

/// Shows how correction and the traffic are; cheap, callable from any thread.
public interface CorrectionMonitor {
  /// How correction is going.
  CorrectionStatus status();

  /// How far the traffic is from what the placement in force was made for.
  DriftStatus drift();
}
