package io.fiddler.ops.meter;

import io.fiddler.dispatch.CostLane;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.Residual;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.LatencyReport;
import io.fiddler.ops.Text;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// The latency model in force for one row, and how far predictions are off; not a number while
/// there is no model.
final class LatencyGauges implements MeterBinder {
  private final Engine engine;

  LatencyGauges(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (CostLane lane : CostLane.values()) {
      TimeGauge.builder(
              "fiddler.latency.expert",
              engine,
              TimeUnit.NANOSECONDS,
              whenThere(report -> nanos(report.inForce(), lane)))
          .tag("lane", Text.lower(lane))
          .description("Predicted time of one expert with one row on a lane")
          .register(registry);
      Gauge.builder("fiddler.latency.residual", engine, whenThere(report -> ratio(report, lane)))
          .tag("lane", Text.lower(lane))
          .description("Observed over predicted time of a lane, mean since the start")
          .register(registry);
    }
  }

  private static double nanos(LatencyModel model, CostLane lane) {
    return switch (lane) {
      case HOST -> model.hostNanos().at(1);
      case COPY -> model.copyNanos();
      case DEVICE -> model.deviceNanos().at(1);
    };
  }

  private static double ratio(LatencyReport report, CostLane lane) {
    double sum = 0;
    long count = 0;
    for (Residual residual : report.residuals()) {
      if (residual.lane() == lane) {
        sum += residual.meanRatio() * residual.count();
        count += residual.count();
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  private static ToDoubleFunction<Engine> whenThere(ToDoubleFunction<LatencyReport> value) {
    return engine -> {
      if (engine.status().state() != EngineState.READY) {
        return Double.NaN;
      }
      Optional<LatencyReport> report = engine.latency();
      return report.isPresent() ? value.applyAsDouble(report.get()) : Double.NaN;
    };
  }
}
