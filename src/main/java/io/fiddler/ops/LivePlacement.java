package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.learning.drift.DriftStatus;
import io.fiddler.ops.correction.CorrectionReport;

/// A placement with what correction makes of it.
///
/// @param placement its fields come first
/// @param correction how correction is going
/// @param drift how far the traffic is from what it was made for
record LivePlacement(
    @JsonUnwrapped PlacementReport placement, CorrectionReport correction, DriftStatus drift) {
  static LivePlacement of(PlacementReport placement, CorrectionMonitor monitor) {
    return new LivePlacement(placement, CorrectionReport.of(monitor.status()), monitor.drift());
  }
}
