package io.fiddler.engine.latency;

import io.fiddler.dispatch.LatencyModel;
import java.time.Instant;
import java.util.Objects;

/// A latency model as measured on a machine.
///
/// @param model what was measured
/// @param measuredAt when
/// @param seconds how long it took
/// @param maxRows most rows it was to be measured with
/// @param conditions how, for people
public record MeasuredLatency(
    LatencyModel model, Instant measuredAt, double seconds, int maxRows, String conditions) {
  public MeasuredLatency {
    Objects.requireNonNull(model, "model"); // what is read from a file may lack anything
    Objects.requireNonNull(measuredAt, "measuredAt");
    Objects.requireNonNull(conditions, "conditions");
  }
}
