package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.FailingCopies;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.step.ActiveGeneration;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.FailingKernels;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whatever fails in the middle of a layer fails the requests of that step and nothing else.
class FailedStepTest {
  /// Long enough for the workers to take part.
  private static final int[] PROMPT = new SplittableRandom(3).ints(120, 5, 3000).toArray();

  private static final int[] OTHER = new SplittableRandom(4).ints(9, 5, 3000).toArray();

  /// Every run of a prompt is the same steps.
  private static final Limits LIMITS = new Limits(64, 1, 256, 0).with(PrefixCache.OFF);

  private static final int MAX_TOKENS = 8;

  private final FailingKernels kernels = new FailingKernels();
  private final FailingCopies device = new FailingCopies(new EmulatedDevice(512L << 20));

  /// One request runs at a time, so that another waits while the first one fails. For HOST nothing
  /// is resident, so that all experts of a layer are one region of work.
  private static EngineOptions options(Kind kind, DispatchMode dispatch) {
    int resident = dispatch == DispatchMode.HOST ? 0 : 6;
    return Engines.options(kind, resident, LIMITS, dispatch);
  }

  private LoadedEngine load(DispatchMode dispatch) {
    LoadedEngine engine =
        new EngineLoader(
                options(Kind.EMULATED, dispatch),
                Engines::evenSpread,
                new EngineListener() {},
                (phase, done) -> {},
                _ -> kernels.set(),
                _ -> new DeviceSelection(device, "a device that fails"))
            .load();
    engine.loop().start(_ -> {});
    return engine;
  }

  private static CollectingListener submit(LoadedEngine engine, int[] prompt) {
    CollectingListener listener = new CollectingListener();
    engine
        .loop()
        .submit(
            new ActiveGeneration(
                Engines.greedy(prompt, MAX_TOKENS),
                listener,
                Set.of(),
                LIMITS,
                engine.loop()::wake));
    return listener;
  }

  private static int[] tokens(CollectingListener listener) {
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    return listener.tokenIds();
  }

  @Test
  void hostWorker_failsItsRequestOnly() {
    failsOnlyOneRequest(
        DispatchMode.HOST,
        () -> kernels.failOnceOn(thread -> thread.getName().startsWith("fiddler-worker")),
        failure -> assertThat(failure).hasMessage("this expert fails, as the test asks"));
    assertThat(kernels.failures()).isEqualTo(1);
  }

  @Test
  void deviceCompute_failsItsRequestOnly() {
    failsOnlyOneRequest(
        DispatchMode.STREAM,
        () -> kernels.failOnceOn(_ -> true),
        failure -> assertThat(failure).hasMessage("this expert fails, as the test asks"));
    assertThat(kernels.failures()).isEqualTo(1);
  }

  /// Memory may have run out, so that the log cannot be written either.
  @Test
  void deviceCompute_failsItsRequestOnly_whenItsFailureCannotBeLogged() {
    RuntimeException unspeakable =
        new IllegalStateException() {
          @Override
          public String getMessage() {
            throw new OutOfMemoryError("as the test asks");
          }
        };
    failsOnlyOneRequest(
        DispatchMode.STREAM,
        () -> kernels.failOnceOn(_ -> true, unspeakable),
        failure -> assertThat(failure).isSameAs(unspeakable));
  }

  @Test
  void copyLane_failsItsRequestOnly() {
    failsOnlyOneRequest(
        DispatchMode.STREAM,
        () -> device.failAfter(5),
        failure -> assertThat(failure).hasMessageStartingWith("the copy lane failed"));
  }

  @Test
  void copyLane_failsItsRequestOnly_whenExpertsAreSplit() {
    failsOnlyOneRequest(
        DispatchMode.SPLIT,
        () -> device.failAfter(11),
        failure -> assertThat(failure).hasMessageStartingWith("the copy lane failed"));
  }

  private void failsOnlyOneRequest(
      DispatchMode dispatch, Runnable arm, Consumer<Throwable> expected) {
    int[] expectedTokens;
    int[] expectedOther;
    try (LoadedEngine sound = sound()) {
      expectedTokens = tokens(submit(sound, PROMPT));
      expectedOther = tokens(submit(sound, OTHER));
    }
    try (LoadedEngine engine = load(dispatch)) {
      assertThat(tokens(submit(engine, OTHER))).containsExactly(expectedOther);
      arm.run();
      CollectingListener fails = submit(engine, PROMPT);
      CollectingListener waits = submit(engine, OTHER);
      expected.accept(fails.awaitFailure());
      assertThat(tokens(waits)).containsExactly(expectedOther);
      assertThat(tokens(submit(engine, PROMPT))).containsExactly(expectedTokens);
      assertThat(engine.stepping().cache().blocks().freeBlocks())
          .isEqualTo(engine.stepping().cache().blocks().numBlocks());
    }
    assertThat(device.memory().liveAllocations()).isZero();
  }

  private static LoadedEngine sound() {
    LoadedEngine engine =
        new EngineLoader(
                options(Kind.NONE, DispatchMode.AUTO),
                Engines::evenSpread,
                new EngineListener() {},
                (phase, done) -> {},
                _ -> CpuKernelSet.float32(),
                DeviceSelection::open)
            .load();
    engine.loop().start(_ -> {});
    return engine;
  }
}
