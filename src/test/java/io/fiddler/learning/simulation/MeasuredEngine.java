package io.fiddler.learning.simulation;

import io.fiddler.bench.measure.GenerationEnd;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.TraceOptions;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.Origin;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.TraceReport;
import io.fiddler.engine.load.Engines;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.usage.TraceRecord;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/// tiny-moe on an emulated device, every generation traced and measured, as the service does it.
final class MeasuredEngine implements AutoCloseable {
  static final Limits LIMITS = new Limits(64, 16, 256, 0);

  private final StepMeter meter = new StepMeter(Clock.systemUTC());
  private final List<TraceRecord> traces = new CopyOnWriteArrayList<>();
  private final FiddlerEngine engine;

  MeasuredEngine(Path home, int experts) {
    engine =
        new FiddlerEngine(
            new EngineOptions(
                "tiny-moe",
                home,
                new DeviceOptions(Kind.EMULATED, 0, experts),
                new HostOptions(1, Kernels.FLOAT32),
                LIMITS,
                DispatchMode.AUTO,
                new LaneOptions(false, 4),
                new TraceOptions(1, 1 << 20, 1)),
            Engines::evenSpread,
            new Listener());
    engine.load();
  }

  private final class Listener implements EngineListener {
    @Override
    public void onStep(StepReport report) {
      meter.onStep(report);
    }

    @Override
    public void onTimeline(TimelineReport report) {
      meter.onTimeline(report);
    }

    @Override
    public void onTrace(TraceReport report) {
      traces.add(
          new TraceRecord(
              UUID.randomUUID(), Instant.now(), report.tenant(), "tiny", report.trace()));
    }
  }

  Engine engine() {
    return engine;
  }

  StepMeter meter() {
    return meter;
  }

  SimulationBasis basis() {
    return SimulationBasis.of(engine, meter.rest(), LIMITS, Instant.now());
  }

  /// What has been traced since the last call.
  List<TraceRecord> takeTraces() {
    List<TraceRecord> taken = List.copyOf(traces);
    traces.clear();
    return taken;
  }

  /// The same placement as another version: everything is counted anew.
  void countAnew() {
    VersionedPlacement now = engine.placement();
    engine.apply(new VersionedPlacement(now.version() + 1, now.placement())).join();
    traces.clear();
  }

  /// Runs prompts, `atOnce` of them at once.
  void run(List<int[]> prompts, int maxTokens, int atOnce) {
    for (int first = 0; first < prompts.size(); first += atOnce) {
      List<GenerationEnd> running = new ArrayList<>();
      for (int[] prompt : prompts.subList(first, Math.min(prompts.size(), first + atOnce))) {
        GenerationEnd end = new GenerationEnd("a generation");
        engine.submit(
            new GenerationRequest(
                Origin.of("default"),
                prompt,
                maxTokens,
                Decoding.sampled(SamplingParameters.greedy()),
                Set.of(),
                true,
                -1,
                false),
            end);
        running.add(end);
      }
      running.forEach(GenerationEnd::report);
    }
    engine.measure(_ -> true); // behind the last trace, which follows its report
  }

  @Override
  public void close() {
    engine.close();
  }
}
