package io.fiddler.ops;

import io.fiddler.dispatch.Correction;
import io.fiddler.dispatch.CostLane;
import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.Residual;
import io.fiddler.engine.LatencyReport;
import java.time.Instant;
import java.util.List;

/// A latency model as an engine would report it.
public final class LatencyReports {
  private LatencyReports() {}

  /// Of a host that turned out to be slower than measured.
  public static LatencyReport example() {
    return new LatencyReport(
        Instant.parse("2026-11-20T10:15:30Z"),
        7.5,
        "together",
        true,
        false,
        model(3.5e6),
        model(4e6),
        List.of(new Correction(CostLane.HOST, 1, 1.14, 40)),
        List.of(
            new Residual(CostLane.HOST, 1, 3, 1.0, 1.1),
            new Residual(CostLane.HOST, 2, 1, 1.4, 1.5)));
  }

  private static LatencyModel model(double hostNanos) {
    return new LatencyModel(
        new LatencyCurve(List.of(new Point(1, hostNanos), new Point(64, 7.5e6))),
        new LatencyCurve(List.of(new Point(1, 0.25e6))),
        6.5e6);
  }
}
