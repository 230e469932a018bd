package io.fiddler.bench.measure;

import io.fiddler.bench.probe.EngineProbe;
import io.fiddler.bench.probe.ProbeOptions;
import io.fiddler.bench.probe.Together;
import io.fiddler.bench.report.Limit;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.load.FiddlerEngine;
import java.util.List;
import java.util.function.Function;

/// Measures what the machine allows for steps that were just run, with the engine's own weights and
/// kernels:
///
/// - the rate of the CPU's expert kernel and of the copies, at the same time, at the number of
///   tokens that a missed expert had on average;
/// - the device's time for the dense part, by running the very steps without experts, and for
///   resident experts, by computing resident ones with as many tokens as they had on average. Of
///   several runs the shortest counts.
final class LimitProbe {
  private final FiddlerEngine engine;
  private final ProbeOptions options;

  LimitProbe(FiddlerEngine engine, ProbeOptions options) {
    this.engine = engine;
    this.options = options;
  }

  /// One forward pass without its experts.
  ///
  /// @param sequences in it
  /// @param rows of each
  /// @param context positions that the last row attends to
  record DensePass(int sequences, int rows, int context) {}

  /// The limit for what `totals` are of, divided by `per`.
  ///
  /// @param totals of all steps
  /// @param per how many rounds, or steps, these were
  /// @param dense the forward passes of one round or step
  Limit measure(StepTotals totals, double per, List<DensePass> dense) {
    ModelSummary model = engine.model();
    double layerSteps = (double) totals.steps() * model.config().numLayers();
    double missed = totals.touched().missed() / per;
    double resident = totals.touched().resident() / per;
    int missedTogether = together(totals.touched().missed() / layerSteps);
    int residentTogether = together(totals.touched().resident() / layerSteps);
    return probing(probe -> {
      Together rates =
          missed == 0
              ? new Together(0, 0)
              : probe.experts(rows(totals.rowsPerMissed()), missedTogether);
      double device =
          dense.stream()
              .mapToDouble(
                  pass -> probe.denseSeconds(pass.sequences(), pass.rows(), pass.context()))
              .sum();
      if (resident > 0) {
        device +=
            resident
                * probe.residentExpertSeconds(rows(totals.rowsPerResident()), residentTogether);
      }
      return Limit.of(
          missed * model.expertSizeBytes(),
          rates.hostBytesPerSecond(),
          rates.copyBytesPerSecond(),
          device);
    });
  }

  private Limit probing(Function<EngineProbe, Limit> work) {
    return engine.measure(parts -> {
      try (EngineProbe probe = new EngineProbe(parts, options)) {
        return work.apply(probe);
      }
    });
  }

  private static int together(double expertsOfLayer) {
    return Math.max(1, (int) Math.round(expertsOfLayer));
  }

  private static int rows(double average) {
    return Math.max(1, (int) Math.round(average));
  }
}
