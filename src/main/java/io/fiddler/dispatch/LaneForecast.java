package io.fiddler.dispatch;

import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.List;

/// When each lane ends, in nanoseconds from the start of a layer's experts, if a plan is carried
/// out and the latency model is right. The lanes run at the same time.
///
/// @param hostNanos the host: the sum of its work
/// @param copyNanos the copy lane: the sum of its copies
/// @param deviceNanos the device: resident experts first, then streamed slices as they arrive;
///   never ends before the copies do
public record LaneForecast(double hostNanos, double copyNanos, double deviceNanos) {
  /// The forecast for a plan that streams in the order {@link ExpertDecision#STREAM_ORDER}.
  ///
  /// @param numSlices slices an expert has
  public static LaneForecast of(LatencyModel model, List<ExpertDecision> decisions, int numSlices) {
    List<ExpertDecision> ordered = new ArrayList<>(decisions);
    ordered.sort(ExpertDecision.STREAM_ORDER);
    double host = 0;
    double resident = 0;
    for (ExpertDecision decision : ordered) {
      if (decision.way() == Way.RESIDENT) {
        resident += model.deviceNanos().at(decision.rows());
      } else {
        host += model.hostNanos().at(decision.rows()) * decision.hostSlices() / numSlices;
      }
    }
    StreamClock clock = new StreamClock(resident);
    for (ExpertDecision decision : ordered) {
      if (decision.way() != Way.RESIDENT) {
        clock.stream(
            numSlices - decision.hostSlices(),
            model.copyNanos() / numSlices,
            model.deviceNanos().at(decision.rows()) / numSlices);
      }
    }
    return new LaneForecast(host, clock.copyEnd(), clock.deviceEnd());
  }

  /// When the last lane ends.
  public double slowestNanos() {
    return Math.max(hostNanos, deviceNanos);
  }
}
