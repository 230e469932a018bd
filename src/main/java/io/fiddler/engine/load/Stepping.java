package io.fiddler.engine.load;

import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.StepBudget;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.residency.CopyPace;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.step.ExpertLanes;
import io.fiddler.engine.step.ForwardPass;
import io.fiddler.engine.step.ForwardPass.DispatchContext;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.engine.step.StepRunner;
import io.fiddler.engine.step.TraceSampling;
import io.fiddler.engine.timeline.LaneUsage;
import io.fiddler.engine.timeline.RecordedStep;
import io.fiddler.engine.timeline.Timelines;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.kernel.Segments;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.scheduler.Scheduler;
import io.fiddler.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What makes steps of requests.
///
/// @param forward the pass through all layers
/// @param runner runs a step
/// @param cache the blocks of the key/value cache
/// @param activations counts of the routers' choices
/// @param timelines what the lanes do
/// @param loop the step loop, not yet started
record Stepping(
    ForwardPass forward,
    StepRunner runner,
    Cache cache,
    AtomicActivationCounters activations,
    Timelines timelines,
    StepLoop loop) {
  private static final Logger LOG = LoggerFactory.getLogger(Stepping.class);

  /// The key/value cache, as the scheduler sees it.
  ///
  /// @param blocks those there are
  /// @param loans what may be borrowed
  record Cache(BlockPool blocks, FrameLoans.Terms loans) {
    /// Positions that there is always room for.
    long tokens() {
      return (long) blocks.baseBlocks() * blocks.blockTokens();
    }

    /// Positions that there is room for at most.
    long mostTokens() {
      return tokens() + (long) loans.blocks() * blocks.blockTokens();
    }
  }

  /// Steps whose experts are computed where `latency` says, which recorded steps correct.
  ///
  /// @param listener told of every step
  static Stepping of(
      EngineOptions options,
      EngineListener listener,
      HostedModel model,
      Segments onDevice,
      DeviceRoom room,
      ExpertLanes lanes,
      LiveLatency latency) {
    ForwardPass forward =
        new ForwardPass(
            room.dense(),
            model.config(),
            onDevice,
            room.cache(),
            room.buffers(),
            lanes,
            new DispatchContext(latency, room.resident()));
    AtomicActivationCounters activations = new AtomicActivationCounters(model.grid());
    Timelines timelines = timelines(options.lanes().timelineEvery(), latency, listener);
    StepRunner runner =
        new StepRunner(
            forward,
            room.resident(),
            lanes,
            activations,
            new TraceSampling(options.traces(), model.grid(), topK(model)),
            model.config().vocabSize(),
            timelines);
    BlockPool blocks = new BlockPool(room.cache().blocks(), CacheRoom.BLOCK_TOKENS);
    FrameLoans loans = loans(room, blocks);
    Limits limits = options.limits();
    StepBudget budget = budget(model, room.resident().capacity(), latency, limits);
    Scheduler scheduler =
        new Scheduler(
            blocks,
            loans,
            new SchedulerOptions(
                limits.maxRunning(),
                Math.max(budget.alone(), limits.maxRunning()),
                budget.besideDecodes(),
                TimeUnit.NANOSECONDS.convert(limits.queue().priorityAgeing()),
                patienceNanos(limits.queue().requestTimeout())));
    StepLoop.Memory memory =
        new StepLoop.Memory(room.resident(), loans, pace(model, room.resident(), latency));
    StepLoop loop = new StepLoop(scheduler, runner, memory, listener, limits);
    return new Stepping(
        forward, runner, new Cache(blocks, room.loans()), activations, timelines, loop);
  }

  /// A quarter of the time that requests have: three are left to wait for other keys that have lost
  /// patience too, and to be computed. Without a time-out nobody is ended before ageing is enough.
  private static long patienceNanos(Duration requestTimeout) {
    return requestTimeout.isZero()
        ? SchedulerOptions.UNLIMITED
        : Math.max(1, TimeUnit.NANOSECONDS.convert(requestTimeout) / 4);
  }

  private static FrameLoans loans(DeviceRoom room, BlockPool blocks) {
    FrameLoans.Terms terms = room.loans();
    if (terms.maxFrames() > 0) {
      LOG.info(
          "The key/value cache holds {} tokens, and {} with the room of {} experts that it may borrow",
          blocks.numBlocks() * blocks.blockTokens(),
          (blocks.numBlocks() + terms.blocks()) * blocks.blockTokens(),
          terms.maxFrames());
    } else {
      LOG.info("The key/value cache holds {} tokens", blocks.numBlocks() * blocks.blockTokens());
    }
    return new FrameLoans(
        room.resident(), blocks, room.cache()::blocksOfFrame, terms, System::nanoTime);
  }

  /// Copies are as fast as the latency model says, or else as they were before the first step.
  private static CopyPace pace(HostedModel model, ResidentExperts resident, LiveLatency latency) {
    long expertBytes = model.format().expertSizeBytes();
    return new CopyPace(() ->
        latency
            .model()
            .map(LatencyModel::copyNanos)
            .filter(nanos -> nanos > 0)
            .map(nanos -> expertBytes / nanos)
            .orElse(resident.bytesPerNano()));
  }

  private static Timelines timelines(int every, LiveLatency latency, EngineListener listener) {
    return new Timelines(
        every,
        step -> {
          latency.observe(step);
          listener.onTimeline(
              new TimelineReport(
                  step.prefillRows(),
                  step.decodeRows(),
                  step.nanos(),
                  LaneUsage.of(step.intervals()),
                  expertNanos(step)));
        });
  }

  /// How long some lane was busy with an expert.
  private static long expertNanos(RecordedStep step) {
    return LaneUsage.of(
            step.intervals().stream()
                .filter(interval -> !interval.work().parts().isEmpty())
                .toList())
        .anyNanos();
  }

  private static int topK(HostedModel model) {
    return ((MixtureOfExperts) model.config().layers().getFirst().mlp()).numExpertsPerToken();
  }

  private static StepBudget budget(
      HostedModel model, int residentExperts, LiveLatency latency, Limits limits) {
    MixtureOfExperts moe = (MixtureOfExperts) model.config().layers().getFirst().mlp();
    StepBudget budget =
        StepBudget.of(
            latency.model(),
            new StepBudget.Experts(
                model.grid().numLayers(),
                moe.numExperts(),
                moe.numExpertsPerToken(),
                model.format().numSlices(),
                residentExperts),
            limits.maxStepTokens());
    LOG.info(
        "Prompts are read {} tokens a step, {} where others decode",
        budget.alone(),
        budget.besideDecodes());
    return budget;
  }
}
