package io.fiddler.engine.load.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.load.device.MemoryNeeds.Splits;
import io.fiddler.engine.step.SliceSums;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MemoryNeedsTest {
  private static final Limits LIMITS = new Limits(1, 1, 2048, 0);

  private final ModelConfig mixtral =
      ModelSources.of("synthetic:mixtral-8x7b", Path.of("target"), 1).config();

  private StepBuffers.Shape buffers(SliceSums sums, boolean every) {
    ExpertFormat format = ExpertFormat.of(ElementType.BF16, 4096, 14336);
    return MemoryNeeds.of(
            mixtral, format, LIMITS, MemoryKind.DEVICE, ElementType.BF16, new Splits(sums, every))
        .buffers();
  }

  /// Else the plan of a row's expert would depend on how many rows there are beside it.
  @Test
  void everyExpert_canBeSplit_inTheLargestStep_whenRunsAreReproducible() {
    assertThat(buffers(SliceSums.TOGETHER, true).maxSplitParts())
        .isEqualTo(SliceSums.TOGETHER.parts(2048 * 2, 13))
        .isEqualTo(4096);
  }

  @Test
  void splits_takeLittleOfTheDevice() {
    long unsplit = 2L * 2048 * 4096 * 4 + 2048L * 2 * 4096 * 4;
    assertThat(buffers(SliceSums.TOGETHER, true).deviceBytes() - unsplit).isEqualTo(64L << 20);
    assertThat(buffers(SliceSums.TOGETHER, false).deviceBytes() - unsplit).isEqualTo(32L << 20);
    assertThat(buffers(SliceSums.ONE_BY_ONE, true)).isEqualTo(buffers(SliceSums.ONE_BY_ONE, false));
    assertThat(buffers(SliceSums.ONE_BY_ONE, true).maxSplitParts()).isEqualTo(64 * 2 * 13);
  }
}
