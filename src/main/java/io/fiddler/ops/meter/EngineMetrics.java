package io.fiddler.ops.meter;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Way;
import io.fiddler.ops.Text;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what the engine reports. Everything a report needs is registered beforehand, so the step
/// thread only increments.
final class EngineMetrics implements EngineListener {
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter streamedBytes;
  private final Counter wastedBytes;
  private final Counter[][] assignments = new Counter[Phase.values().length][Way.values().length];
  private final Counter[] generations = new Counter[FinishReason.values().length];
  private final GenerationTimers generationTimers;
  private final LaneMeters lanes;
  private final Timer step;
  private final Timer hostBusy;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger usedBlocks = new AtomicInteger();
  private final AtomicInteger blocks = new AtomicInteger();
  private final Counter preemptions;
  private final Counter cachedTokens;

  /// Registers its meters.
  EngineMetrics(MeterRegistry registry) {
    promptTokens = tokens(registry, "prompt");
    completionTokens = tokens(registry, "completion");
    streamedBytes =
        Counter.builder("fiddler.streamed")
            .baseUnit("bytes")
            .description("Expert weights copied to the device for a step")
            .register(registry);
    wastedBytes =
        Counter.builder("fiddler.streamed.wasted")
            .baseUnit("bytes")
            .description("Expert weights copied ahead of the router for experts that got no tokens")
            .register(registry);
    for (Phase phase : Phase.values()) {
      for (Way way : Way.values()) {
        assignments[phase.ordinal()][way.ordinal()] =
            Counter.builder("fiddler.assignments")
                .tag("phase", Text.lower(phase))
                .tag("way", Text.lower(way))
                .description("Assignments of tokens to experts, by layer")
                .register(registry);
      }
    }
    for (FinishReason reason : FinishReason.values()) {
      generations[reason.ordinal()] =
          Counter.builder("fiddler.generations")
              .tag("reason", Text.lower(reason))
              .description("Generations by why they ended")
              .register(registry);
    }
    generationTimers = new GenerationTimers(registry);
    lanes = new LaneMeters(registry);
    step =
        Timer.builder("fiddler.step")
            .description("One step of the engine, all layers")
            .register(registry);
    hostBusy =
        Timer.builder("fiddler.step.host")
            .description("Time of a step in which the host computed experts")
            .register(registry);
    Gauge.builder("fiddler.generations.running", running, AtomicInteger::get)
        .description("Sequences in the latest step")
        .register(registry);
    Gauge.builder("fiddler.generations.queued", queued, AtomicInteger::get)
        .description("Generations waiting for their first step")
        .register(registry);
    preemptions =
        Counter.builder("fiddler.preemptions")
            .description("Generations set back for want of room in the key/value cache")
            .register(registry);
    cachedTokens =
        Counter.builder("fiddler.tokens.cached")
            .description("Prompt tokens found in the key/value cache instead of computed")
            .register(registry);
    Gauge.builder("fiddler.kv.blocks.used", usedBlocks, AtomicInteger::get)
        .description("Blocks of the key/value cache that generations hold")
        .register(registry);
    Gauge.builder("fiddler.kv.blocks", blocks, AtomicInteger::get)
        .description("Blocks of the key/value cache, with those borrowed from experts")
        .register(registry);
  }

  @Override
  public void onStep(StepReport report) {
    step.record(report.stepNanos(), TimeUnit.NANOSECONDS);
    hostBusy.record(report.hostNanos(), TimeUnit.NANOSECONDS);
    count(Phase.PREFILL, report.prefillAssignments());
    count(Phase.DECODE, report.decodeAssignments());
    streamedBytes.increment((double) report.streamedBytes());
    wastedBytes.increment((double) report.wastedBytes());
    running.set(report.running());
    queued.set(report.queued());
    preemptions.increment((double) report.scheduling().preemptions());
    cachedTokens.increment((double) report.scheduling().cachedTokens());
    usedBlocks.set(report.scheduling().blocksUsed());
    blocks.set(report.scheduling().blocks());
  }

  @Override
  public void onTimeline(TimelineReport report) {
    lanes.record(report);
  }

  @Override
  public void onIdle() {
    running.set(0);
    queued.set(0);
    usedBlocks.set(0);
  }

  @Override
  public void onGeneration(GenerationReport report) {
    promptTokens.increment(report.promptTokens());
    completionTokens.increment(report.completionTokens());
    generations[report.reason().ordinal()].increment();
    generationTimers.record(report);
  }

  private void count(Phase phase, AssignmentCounts counts) {
    for (Way way : Way.values()) {
      assignments[phase.ordinal()][way.ordinal()].increment((double) counts.of(way));
    }
  }

  private static Counter tokens(MeterRegistry registry, String type) {
    return Counter.builder("fiddler.tokens")
        .tag("type", type)
        .description("Tokens read and generated by ended generations")
        .register(registry);
  }
}
