package io.fiddler.ops.meter;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.engine.EngineState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// What can be read from the engine at any time; not a number until it is ready.
final class EngineGauges implements MeterBinder {
  private final Engine engine;

  EngineGauges(Engine engine) {
    this.engine = engine;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("fiddler.load.progress", engine, e -> e.status().progress())
        .description("How much of loading the model is done")
        .register(registry);
    Gauge.builder("fiddler.experts.resident", engine, whenReady(e -> e.residency().size()))
        .description("Experts on the device")
        .register(registry);
    Gauge.builder("fiddler.experts.capacity", engine, whenReady(e -> e.device().expertCapacity()))
        .description("Experts the device can hold")
        .register(registry);
    Gauge.builder(
            "fiddler.device.frames.lent", engine, whenReady(e -> e.device().cache().framesLent()))
        .description("Room of experts that is lent to the key/value cache")
        .register(registry);
    Gauge.builder("fiddler.device.memory", engine, whenReady(EngineGauges::deviceMemory))
        .baseUnit("bytes")
        .description("Memory the process may take on the device")
        .register(registry);
    Gauge.builder("fiddler.device.used", engine, whenReady(e -> e.device().usedBytes()))
        .baseUnit("bytes")
        .description("Memory the process has taken on the device")
        .register(registry);
    Gauge.builder("fiddler.placement.version", engine, whenReady(e -> e.placement().version()))
        .description("Version of the placement in force")
        .register(registry);
    hitRate(registry, "prefill", PhaseAssignments::prefill);
    hitRate(registry, "decode", PhaseAssignments::decode);
    hitRate(registry, "all", counts -> counts.prefill().plus(counts.decode()));
  }

  private void hitRate(
      MeterRegistry registry, String phase, Function<PhaseAssignments, AssignmentCounts> part) {
    Gauge.builder("fiddler.hit.rate", engine, whenReady(e -> rate(part.apply(since(e)))))
        .tag("phase", phase)
        .description("Share of assignments served by a resident expert under this placement")
        .register(registry);
  }

  /// Not a number where only the host's memory limits.
  private static double deviceMemory(Engine engine) {
    long bytes = engine.device().info().memoryBytes();
    return bytes == 0 ? Double.NaN : bytes;
  }

  private static PhaseAssignments since(Engine engine) {
    return engine.assignmentsSincePlacement();
  }

  private static double rate(AssignmentCounts counts) {
    return counts.total() == 0 ? Double.NaN : counts.hitRate();
  }

  private static ToDoubleFunction<Engine> whenReady(ToDoubleFunction<Engine> value) {
    return engine ->
        engine.status().state() == EngineState.READY ? value.applyAsDouble(engine) : Double.NaN;
  }
}
