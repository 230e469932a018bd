package io.fiddler.ops;

import io.fiddler.dispatch.Correction;
import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.Residual;
import io.fiddler.engine.LatencyReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The latency model as `GET /actuator/latency` shows it, in milliseconds of one expert.
///
/// @param measuredAt when the machine was measured
/// @param measuredInSeconds how long that took
/// @param conditions how it was measured
/// @param source `measured` at this start or `stored` by an earlier one
/// @param frozen whether live timings change nothing
/// @param measured as measured
/// @param inForce as corrected
/// @param corrections what live timings changed
/// @param residuals observed over predicted time
record LatencyView(
    Instant measuredAt,
    double measuredInSeconds,
    String conditions,
    String source,
    boolean frozen,
    Model measured,
    Model inForce,
    List<Factor> corrections,
    List<Ratio> residuals) {
  private static final double NANOS_PER_MILLI = 1e6;

  /// What an expert costs.
  ///
  /// @param hostMillis on the CPU, by rows
  /// @param copyMillis copying it to the device
  /// @param deviceMillis on the device, by rows
  record Model(
      Map<Integer, Double> hostMillis, double copyMillis, Map<Integer, Double> deviceMillis) {}

  /// What a measurement is multiplied by.
  ///
  /// @param lane which lane
  /// @param upToRows most rows of the bucket; 0 for the lane as a whole
  /// @param factor what the measurement is multiplied by
  /// @param observations how many it comes from
  record Factor(String lane, int upToRows, double factor, long observations) {}

  /// How predictions came true.
  ///
  /// @param lane which lane
  /// @param upToRows most rows of the bucket; 0 for copies
  /// @param count observations
  /// @param meanRatio mean of observed / predicted
  /// @param p90Ratio nine of ten of the latest are not above it
  record Ratio(String lane, int upToRows, long count, double meanRatio, double p90Ratio) {}

  static LatencyView of(LatencyReport report) {
    return new LatencyView(
        report.measuredAt(),
        report.measuredInSeconds(),
        report.conditions(),
        report.stored() ? "stored" : "measured",
        report.frozen(),
        model(report.measured()),
        model(report.inForce()),
        report.corrections().stream().map(LatencyView::factor).toList(),
        report.residuals().stream().map(LatencyView::ratio).toList());
  }

  private static Model model(LatencyModel model) {
    return new Model(
        millis(model.hostNanos()),
        model.copyNanos() / NANOS_PER_MILLI,
        millis(model.deviceNanos()));
  }

  private static Map<Integer, Double> millis(LatencyCurve curve) {
    Map<Integer, Double> byRows = new TreeMap<>();
    curve.points().forEach(point -> byRows.put(point.rows(), point.nanos() / NANOS_PER_MILLI));
    return byRows;
  }

  private static Factor factor(Correction c) {
    return new Factor(Text.lower(c.lane()), c.upToRows(), c.factor(), c.observations());
  }

  private static Ratio ratio(Residual r) {
    return new Ratio(Text.lower(r.lane()), r.upToRows(), r.count(), r.meanRatio(), r.p90Ratio());
  }
}
