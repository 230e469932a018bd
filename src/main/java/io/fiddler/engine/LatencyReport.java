package io.fiddler.engine;

import io.fiddler.dispatch.Correction;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.Residual;
import java.time.Instant;
import java.util.List;

/// The latency model that decides where experts are computed, and how well it predicts.
///
/// @param measuredAt when the machine was measured
/// @param measuredInSeconds how long that took
/// @param conditions how it was measured
/// @param stored whether the measurement is of an earlier start
/// @param frozen whether live timings leave it as it is (`fiddler.dispatch.reproducible`)
/// @param measured as measured
/// @param inForce as corrected by live timings
/// @param corrections what they changed
/// @param residuals observed over predicted times
public record LatencyReport(
    Instant measuredAt,
    double measuredInSeconds,
    String conditions,
    boolean stored,
    boolean frozen,
    LatencyModel measured,
    LatencyModel inForce,
    List<Correction> corrections,
    List<Residual> residuals) {
  public LatencyReport {
    corrections = List.copyOf(corrections);
    residuals = List.copyOf(residuals);
  }
}
