package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineTimeoutException;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.step.ActiveGeneration;
import io.fiddler.kernel.cpu.FailingKernels;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.sampling.beam.BeamParameters;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// However a beam search ends, nothing of it stays: all blocks are free, and the next one finds
/// what it would have found anyway.
class BeamEndsTest {
  private static final Limits LIMITS = new Limits(64, 8, 64, 1024);
  private static final int[] PROMPT = new SplittableRandom(6).ints(37, 5, 3000).toArray();
  private static final int MAX_TOKENS = 40;
  private static final int WIDTH = 4;

  private final FailingKernels kernels = new FailingKernels();
  private final EmulatedDevice device = new EmulatedDevice(512L << 20);
  private final LoadedEngine engine = load();

  private LoadedEngine load() {
    EngineOptions options = Engines.options(Kind.EMULATED, 6, LIMITS, DispatchMode.HOST);
    LoadedEngine loaded =
        new EngineLoader(
                options,
                Engines::evenSpread,
                new EngineListener() {},
                (phase, done) -> {},
                _ -> kernels.set(),
                _ -> new DeviceSelection(device, "a device of the test's own"))
            .load();
    loaded.loop().start(_ -> {});
    return loaded;
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ActiveGeneration submit(GenerationRequest request, CollectingListener listener) {
    ActiveGeneration generation =
        new ActiveGeneration(request, listener, Set.of(), LIMITS, engine.loop()::wake);
    engine.loop().submit(generation);
    return generation;
  }

  private CollectingListener searched() {
    CollectingListener listener = new CollectingListener();
    submit(Engines.beams(PROMPT, MAX_TOKENS, WIDTH), listener);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    return listener;
  }

  private void assertAllBlocksAreFree() {
    BlockPool blocks = engine.stepping().cache().blocks();
    engine
        .loop()
        .between(() -> {
          assertThat(blocks.freeBlocks()).isEqualTo(blocks.numBlocks());
          return true;
        })
        .join();
  }

  @Test
  void aSearch_leavesNothingBehind() {
    CollectingListener first = searched();
    assertAllBlocksAreFree();
    assertThat(searched().hypotheses()).isEqualTo(first.hypotheses());
  }

  @Test
  void aSearchCancelledWhileItDecodes_endsWithoutHypotheses() {
    CollectingListener before = searched();
    AtomicReference<ActiveGeneration> search = new AtomicReference<>();
    CollectingListener listener = new CollectingListener(() -> search.get().cancel());
    engine
        .loop()
        .between(() -> {
          // On the step thread, so that it is known before the prompt is read.
          search.set(submit(Engines.beams(PROMPT, MAX_TOKENS, WIDTH), listener));
          return true;
        })
        .join();
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(listener.awaitReport().completionTokens()).isEqualTo(1);
    assertThat(listener.hypotheses()).isEmpty();
    assertAllBlocksAreFree();
    assertThat(searched().hypotheses()).isEqualTo(before.hypotheses());
  }

  @Test
  void aSearchWhoseStepFails_failsAlone() {
    CollectingListener before = searched();
    CollectingListener listener = new CollectingListener(() -> kernels.failOnceOn(_ -> true));
    submit(Engines.beams(PROMPT, MAX_TOKENS, WIDTH), listener);
    assertThat(listener.awaitFailure()).hasMessage("this expert fails, as the test asks");
    assertThat(listener.hypotheses()).isEmpty();
    assertAllBlocksAreFree();
    assertThat(searched().hypotheses()).isEqualTo(before.hypotheses());
  }

  @Test
  void aSearchWhoseTimeIsOver_fails() {
    CollectingListener listener = new CollectingListener();
    submit(
        new GenerationRequest(
            new Origin("a", "a", 0, Duration.ZERO, "a"),
            PROMPT,
            MAX_TOKENS,
            new Decoding.Beams(BeamParameters.ofWidth(WIDTH)),
            Set.of(),
            false,
            -1,
            false),
        listener);
    assertThat(listener.awaitFailure()).isInstanceOf(EngineTimeoutException.class);
    assertAllBlocksAreFree();
  }
}
