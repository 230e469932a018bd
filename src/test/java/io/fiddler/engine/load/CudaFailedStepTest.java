package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.LiveCounts;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.step.ActiveGeneration;
import io.fiddler.kernel.cpu.FailingKernels;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// A worker that throws in the middle of a layer, while the GPU does its part of it, fails the
/// requests of that step and nothing else.
///
/// There is no test of the kind for the GPU's own lanes: a kernel or copy that faults leaves a
/// sticky error in the context, with which the driver refuses everything from then on, in this and
/// every other module of the process. The engine then fails all requests until the service is
/// started again; no later one could be right. `FailedStepTest` has such failures on an emulated
/// device, where they pass.
@Tag("gpu")
final class CudaFailedStepTest {
  /// Long enough for the workers to take part.
  private static final int[] PROMPT = new SplittableRandom(3).ints(120, 5, 3000).toArray();

  private static final int[] OTHER = new SplittableRandom(4).ints(9, 5, 3000).toArray();

  /// Every run of a prompt is the same steps.
  private static final Limits LIMITS = new Limits(64, 1, 256, 0).with(PrefixCache.OFF);

  private static final int MAX_TOKENS = 8;

  private final FailingKernels kernels = new FailingKernels();

  /// One request runs at a time, so that another waits while the first one fails. Nothing is
  /// resident: experts are on the host, or their first slices are.
  private static EngineOptions options(DispatchMode dispatch) {
    return Engines.options(Kind.CUDA, 0, LIMITS, dispatch);
  }

  @ParameterizedTest
  @EnumSource(
      value = DispatchMode.class,
      names = {"HOST", "SPLIT"},
      mode = Mode.INCLUDE)
  void hostWorker_failsItsRequestOnly(DispatchMode dispatch) {
    DeviceSelection selection = DeviceSelection.open(options(dispatch).device());
    try (LoadedEngine engine =
        new EngineLoader(
                options(dispatch),
                Engines::evenSpread,
                new EngineListener() {},
                (phase, done) -> {},
                _ -> kernels.set(),
                _ -> selection)
            .load()) {
      engine.loop().start(_ -> {});
      // One at a time, a request is the same steps each time, and they give the same bits.
      int[] expected = tokens(submit(engine, PROMPT));
      int[] expectedOther = tokens(submit(engine, OTHER));
      kernels.failOnceOn(thread -> thread.getName().startsWith("fiddler-worker"));
      CollectingListener fails = submit(engine, PROMPT);
      CollectingListener waits = submit(engine, OTHER);
      assertThat(fails.awaitFailure()).hasMessage("this expert fails, as the test asks");
      assertThat(tokens(waits)).containsExactly(expectedOther);
      assertThat(tokens(submit(engine, PROMPT))).containsExactly(expected);
      assertThat(kernels.failures()).isEqualTo(1);
      assertThat(engine.stepping().cache().blocks().freeBlocks())
          .isEqualTo(engine.stepping().cache().blocks().numBlocks());
    }
    assertThat(((CudaDevice) selection.device()).live())
        .isEqualTo(new LiveCounts(0, 0, 0, 0, 0, 0));
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
}
