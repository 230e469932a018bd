package io.fiddler.bench;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.EvenSpreadPolicy;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/// `fiddler bench`: measures the machine's memory bandwidth, then prefill and decode, and prints
/// both beside each other.
public final class BenchCommand {
  private static final int MAX_STEP_TOKENS = 512;

  private BenchCommand() {}

  /// Runs the benchmark.
  ///
  /// @param args arguments after `bench`
  /// @param home folder for unpacked models
  /// @return exit code: 0, or 64 if the arguments are wrong
  public static int run(String[] args, Path home, PrintStream out) {
    BenchOptions options;
    try {
      options = BenchOptions.parse(args);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(BenchOptions.USAGE);
      return 64;
    }
    double bandwidth = Bandwidth.readBytesPerSecond(options.threads());
    out.printf(
        Locale.ROOT, "memory read, %d threads: %.1f GB/s%n", options.threads(), bandwidth / 1e9);
    try (Engine engine = engine(options, home)) {
      long start = System.nanoTime();
      engine.load();
      ModelSummary model = engine.model();
      out.printf(
          Locale.ROOT,
          "%s: %.2f GB of weights, loaded in %.1f s; %s, kernels %s, %d of %d experts resident%n",
          model.name(),
          model.weightsSizeBytes() / 1e9,
          (System.nanoTime() - start) / 1e9,
          engine.device().info().name(),
          engine.device().kernels(),
          engine.residency().size(),
          model.grid().size());
      out.println(
          "round | first token ms | decode tok/s | GB read a token | share of bandwidth | hit rate");
      for (int round = 0; round <= options.repeats(); round++) {
        DecodeRound measured = DecodeRound.run(engine, options, round);
        if (round > 0) {
          out.println(measured.line(round, bandwidth));
        }
      }
    }
    return 0;
  }

  private static Engine engine(BenchOptions options, Path home) {
    int running = options.requests();
    return new FiddlerEngine(
        new EngineOptions(
            options.model(),
            home,
            new DeviceOptions(options.device(), 0, options.experts()),
            new HostOptions(options.threads(), options.kernels()),
            new Limits(running, running, Math.max(running, MAX_STEP_TOKENS), 0),
            DispatchMode.AUTO),
        BenchCommand::evenSpread,
        new EngineListener() {});
  }

  private static VersionedPlacement evenSpread(ModelSummary model, int capacity) {
    return new VersionedPlacement(
        0, new EvenSpreadPolicy().plan(new ActivationStatistics(model.grid()), capacity));
  }
}
