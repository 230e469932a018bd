package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.measure.CorrectingRun;
import io.fiddler.bench.measure.LearnedPlacement;
import io.fiddler.bench.measure.LoadPhases;
import io.fiddler.bench.measure.Scenario;
import io.fiddler.bench.measure.ScenarioRun;
import io.fiddler.bench.measure.StepLog;
import io.fiddler.bench.probe.EngineProbe;
import io.fiddler.bench.probe.MachineRates;
import io.fiddler.bench.report.BenchReport;
import io.fiddler.bench.report.BenchReport.ModelReport;
import io.fiddler.bench.report.BenchReport.StartReport;
import io.fiddler.bench.report.BenchText;
import io.fiddler.bench.report.MachineReport;
import io.fiddler.bench.report.ScenarioReport;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `fiddler bench`: measures what the machine can do and what the engine does on it, in one process
/// with one load of the model.
final class BenchCommand implements Command {
  /// Prompts are one step or few: a scenario's rounds should hold some that are recorded.
  private static final int TIMELINE_EVERY = 2;

  @Override
  public String usage() {
    return BenchOptions.USAGE;
  }

  @Override
  public void run(CommandLine line, Path home, Console given) {
    BenchOptions options = BenchOptions.of(line);
    boolean jsonOnOut = options.json().filter("-"::equals).isPresent();
    Console console = jsonOnOut ? given.allOnErr() : given;
    ReportFile file = ReportFile.of(options.json(), given.out());
    LoadPhases phases = new LoadPhases(new LoadLines(console));
    StepLog log = new StepLog(phases);
    try (FiddlerEngine engine =
        new FiddlerEngine(engineOptions(options, home), BenchCommand::evenSpread, log)) {
      StartReport start = load(engine, phases);
      measure(engine, log, options, start, console, file);
    }
  }

  private static StartReport load(FiddlerEngine engine, LoadPhases phases) {
    long begin = System.nanoTime();
    engine.load();
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new StartReport(seconds, engine.model().weightsSizeBytes() / seconds, phases.phases());
  }

  private static void measure(
      FiddlerEngine engine,
      StepLog log,
      BenchOptions options,
      StartReport start,
      Console console,
      ReportFile file) {
    MachineReport machine = MachineReport.of(engine.device().info());
    console.say("probing the machine");
    MachineRates rates = probe(engine, options);
    Placement placement = placement(engine, log, options, console);
    BenchReport report =
        new BenchReport(
            BenchReport.FORMAT,
            machine,
            options.describe(),
            modelReport(engine, placement),
            start,
            rates,
            List.of(),
            List.of());
    BenchText text = new BenchText(console.out());
    text.head(report);
    ScenarioRun run =
        new ScenarioRun(
            engine,
            log,
            options.effort(),
            options.trace().map(Path::of).orElse(null),
            options.correcting() == 0
                ? null
                : new CorrectingRun(engine, log, options.effort(), options.correcting()));
    List<ScenarioReport> done = new ArrayList<>();
    for (Scenario scenario : options.scenarios()) {
      console.say("measuring %s", scenario.name());
      ScenarioReport measured = run.run(scenario);
      text.rows(measured);
      done.add(measured);
      file.write(report.with(done));
    }
    text.gains(report.with(done));
    file.close();
  }

  private static MachineRates probe(FiddlerEngine engine, BenchOptions options) {
    return engine.measure(parts -> {
      try (EngineProbe probe = new EngineProbe(parts, options.effort().probes())) {
        return probe.machine();
      }
    });
  }

  private static Placement placement(
      FiddlerEngine engine, StepLog log, BenchOptions options, Console console) {
    return switch (options.placement()) {
      case EVEN -> engine.placement().placement();
      case LEARNED -> {
        console.say("learning the placement");
        yield LearnedPlacement.apply(engine, log, options.scenarios().getFirst());
      }
    };
  }

  private static ModelReport modelReport(FiddlerEngine engine, Placement placement) {
    ModelSummary model = engine.model();
    DeviceSummary device = engine.device();
    return new ModelReport(
        model.name(),
        model.fingerprint(),
        model.weightsSizeBytes(),
        model.expertSizeBytes(),
        model.grid().size(),
        engine.residency().size(),
        placement.policy(),
        placement.forecast().overall(),
        device.cpuKernels(),
        device.usedBytes(),
        device.reason());
  }

  private static EngineOptions engineOptions(BenchOptions options, Path home) {
    return new EngineOptions(
        options.model(),
        home,
        options.setup().device(),
        options.setup().host(),
        options.limits(),
        options.setup().dispatch(),
        options.setup().laneOptions(TIMELINE_EVERY));
  }

  private static VersionedPlacement evenSpread(ModelSummary model, int capacity) {
    return new VersionedPlacement(
        0, new EvenSpreadPolicy().plan(PastActivations.none(model.grid()), capacity));
  }
}
