package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.step.ForwardAccess;
import io.fiddler.engine.step.ForwardAccess.Choices;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.TilesSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Engines whose experts lie in tiles, on emulated tile registers, so that the path runs wherever
/// there is a C++ compiler. The same bits come of the CPU's own, see `AmxExpertsTest`.
class TiledEngineTest {
  /// Activations rounded to bf16, eight bits of precision, through all layers of tiny-moe: 0.040
  /// here.
  private static final double TOLERANCE = 0.07;

  private static final int[] PROMPT = prompt();

  @Test
  void logits_areCloseToThoseOfFloat32_underTheSameChoicesOfExperts() {
    EngineOptions options = Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO);
    Choices choices = new Choices();
    float[][] expected;
    try (LoadedEngine float32 = load(options, CpuKernelSet.float32())) {
      expected =
          ForwardAccess.recordedLogits(float32.runner(), vocabSize(float32), PROMPT, choices);
    }
    try (LoadedEngine tiled = load(options, tiles())) {
      assertThat(tiled.kernels()).endsWith("+amx-emulated");
      float[][] logits =
          ForwardAccess.forcedLogits(tiled.runner(), vocabSize(tiled), PROMPT, choices);
      double largest = 0;
      for (int row = 0; row < PROMPT.length; row++) {
        for (int i = 0; i < logits[row].length; i++) {
          largest = Math.max(largest, Math.abs(logits[row][i] - expected[row][i]));
        }
      }
      assertThat(largest)
          .as("%d choices would have been different", choices.different())
          .isBetween(1e-6, TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, STREAM", "0, HOST", "0, SPLIT", "24, STREAM", "24, SPLIT", "-1, HOST"})
  void logits_areTheSameBits_whereverExpertsAreComputed(int experts, DispatchMode dispatch) {
    assertThat(logits(Engines.options("tiny-moe", Kind.EMULATED, experts, dispatch)))
        .isDeepEqualTo(logits(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO)));
  }

  private static float[][] logits(EngineOptions options) {
    List<int[]> routing = new ArrayList<>();
    try (LoadedEngine engine = load(options, tiles())) {
      return ForwardAccess.allLogits(engine.runner(), vocabSize(engine), PROMPT, routing);
    }
  }

  private static CpuKernelSet tiles() {
    return CpuKernelSet.withTilesOf(TilesSource.emulatedLibrary());
  }

  private static LoadedEngine load(EngineOptions options, CpuKernelSet kernels) {
    return new EngineLoader(
            options,
            Engines::evenSpread,
            new EngineListener() {},
            (phase, done) -> {},
            _ -> kernels,
            DeviceSelection::open)
        .load();
  }

  private static int vocabSize(LoadedEngine engine) {
    return engine.model().config().vocabSize();
  }

  private static int[] prompt() {
    int[] prompt = new int[23];
    Arrays.setAll(prompt, i -> 5 + i * 7 % 200);
    return prompt;
  }
}
