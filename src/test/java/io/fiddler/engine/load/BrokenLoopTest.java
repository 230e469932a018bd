package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.ForwardingDevice;
import io.fiddler.device.Lane;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.residency.CopyPace;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.step.ActiveGeneration;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.expert.Residency;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.MoreBlocks;
import io.fiddler.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What fails between steps: one generation if it can be told whose fault it is, or else the
/// engine, which says so.
class BrokenLoopTest {
  private static final int[] PROMPT = {1, 2, 3};
  private static final String SENTENCE =
      "the engine broke and must be restarted: java.lang.OutOfMemoryError: as the test asks";

  /// A frame has room for 3 blocks; a prompt of 100 tokens needs 7.
  private static final Limits LIMITS =
      new Limits(64, 8, 64, 64, new CacheGrowth(0.5, Duration.ofMinutes(1)));

  private static final EngineOptions OPTIONS =
      Engines.options(Kind.EMULATED, 24, LIMITS, DispatchMode.HOST);

  private final AtomicBoolean broken = new AtomicBoolean();
  private final List<EngineStatus> told = new CopyOnWriteArrayList<>();
  private final List<GenerationReport> reports = new CopyOnWriteArrayList<>();
  private final EngineListener listener =
      new EngineListener() {
        @Override
        public void onStatus(EngineStatus status) {
          told.add(status);
        }

        @Override
        public void onGeneration(GenerationReport report) {
          reports.add(report);
        }
      };

  /// Fails where the key/value cache borrows a frame: before a step, in the middle of scheduling.
  private final ForwardingDevice device =
      new ForwardingDevice(new EmulatedDevice(512L << 20)) {
        @Override
        public Lane compute() {
          if (broken.get()) {
            throw new OutOfMemoryError("as the test asks");
          }
          return super.compute();
        }
      };

  private EngineLoader loader(PhaseProgress progress) {
    return new EngineLoader(
        OPTIONS,
        Engines::evenSpread,
        listener,
        progress,
        _ -> CpuKernelSet.float32(),
        _ -> new DeviceSelection(device, "a device that breaks"));
  }

  @Test
  void engine_isFailed_andEverybodyIsToldOnce_whenTheLoopBreaks() {
    FiddlerEngine engine = new FiddlerEngine(OPTIONS, listener, this::loader);
    engine.load();
    // Submitted and applied between steps, so that all of it is there when the loop breaks.
    List<CollectingListener> waiting = Stream.generate(CollectingListener::new).limit(3).toList();
    CompletableFuture<Residency> applied =
        engine.measure(_ -> {
          broken.set(true);
          waiting.forEach(each -> engine.submit(Engines.greedy(new int[100], 4), each));
          return engine.apply(engine.placement(), 1);
        });

    assertThat(waiting)
        .allSatisfy(each ->
            assertThat(each.awaitFailure())
                .isInstanceOf(EngineNotReadyException.class)
                .hasMessage(SENTENCE)
                .hasCauseInstanceOf(OutOfMemoryError.class));
    EngineStatus failed = new EngineStatus(EngineState.FAILED, SENTENCE, 0);
    assertThat(engine.status()).isEqualTo(failed);
    assertThatThrownBy(() -> engine.submit(Engines.greedy(PROMPT, 4), new CollectingListener()))
        .isInstanceOf(EngineNotReadyException.class)
        .hasMessage(SENTENCE);

    engine.close();
    assertThat(applied).isDone();
    assertThat(reports)
        .extracting(GenerationReport::reason)
        .hasSize(3)
        .containsOnly(FinishReason.ERROR);
    assertThat(told).endsWith(new EngineStatus(EngineState.READY, "", 1), failed);
    assertThat(device.memory().liveAllocations()).isZero();
  }

  @Test
  void generation_failsAlone_whenItCannotBeQueued() {
    AtomicBoolean queueable = new AtomicBoolean();
    MoreBlocks none =
        new MoreBlocks() {
          @Override
          public int most() {
            if (!queueable.get()) {
              throw new OutOfMemoryError("as the test asks");
            }
            return 0;
          }

          @Override
          public boolean ask(int blocks) {
            return false;
          }
        };
    try (LoadedEngine engine = loader((_, _) -> {}).load();
        StepLoop loop = loop(engine, none)) {
      loop.start(_ -> {});
      assertThat(submit(loop).awaitFailure()).isInstanceOf(OutOfMemoryError.class);
      queueable.set(true);
      assertThat(submit(loop).awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  /// A loop of these parts that borrows its further blocks elsewhere.
  private StepLoop loop(LoadedEngine engine, MoreBlocks more) {
    BlockPool blocks = engine.stepping().cache().blocks();
    FrameLoans nothing =
        new FrameLoans(
            engine.resident(),
            blocks,
            _ -> engine.parts().blocks(),
            FrameLoans.Terms.NOTHING,
            System::nanoTime);
    return new StepLoop(
        new Scheduler(blocks, more, 8, 64, 64),
        engine.runner(),
        new StepLoop.Memory(engine.resident(), nothing, new CopyPace(() -> 1)),
        listener,
        LIMITS);
  }

  private static CollectingListener submit(StepLoop loop) {
    CollectingListener collecting = new CollectingListener();
    loop.submit(
        new ActiveGeneration(Engines.greedy(PROMPT, 4), collecting, Set.of(), LIMITS, loop::wake));
    return collecting;
  }
}
