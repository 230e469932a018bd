package io.fiddler.dispatch;

import java.util.List;
import java.util.Objects;

/// What one expert costs on this machine, as measured: paper section 3.3 of [arXiv
/// 2402.07033](https://arxiv.org/abs/2402.07033), with curves over the number of rows instead of
/// constants.
///
/// @param hostNanos one expert on the host, by rows
/// @param deviceNanos one expert on the device, by rows
/// @param copyNanos copying one expert's weights to the device
public record LatencyModel(LatencyCurve hostNanos, LatencyCurve deviceNanos, double copyNanos) {
  public LatencyModel {
    Objects.requireNonNull(hostNanos, "hostNanos");
    Objects.requireNonNull(deviceNanos, "deviceNanos");
    if (!(copyNanos >= 0) || copyNanos == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "copyNanos must be finite and at least 0, got " + copyNanos);
    }
  }

  /// Predicted nanoseconds of a lane for parts of experts, one after the other.
  public double nanos(CostLane lane, List<LaneObservation.Share> shares) {
    double nanos = 0;
    for (LaneObservation.Share share : shares) {
      nanos += nanos(lane, share);
    }
    return nanos;
  }

  double nanos(CostLane lane, LaneObservation.Share share) {
    double expert =
        switch (lane) {
          case HOST -> hostNanos.at(share.rows());
          case COPY -> copyNanos;
          case DEVICE -> deviceNanos.at(share.rows());
        };
    return expert * share.experts();
  }
}
