package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RouterSkewTest {
  private static ModelWeights load(String path) {
    return ModelSources.of(path, Path.of("unused"), 3).load((_, _) -> {});
  }

  private static List<Float> column(Matrix matrix, int column) {
    MemorySegment segment = matrix.memory().segment(MemoryKind.HOST);
    List<Float> values = new ArrayList<>();
    for (int row = 0; row < matrix.rows(); row++) {
      long at = row * matrix.rowSizeBytes() + 2L * column;
      values.add(
          Float.intBitsToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) << Short.SIZE));
    }
    return values;
  }

  @Test
  void routers_preferOtherExpertsInEachLayer_throughOneChannel() {
    try (ModelWeights plain = load("synthetic:tiny?layers=6");
        ModelWeights skewed = load("synthetic:tiny?layers=6&skew=1.0")) {
      assertThat(new HashSet<>(column(skewed.embedding(), 0))).hasSize(1);
      assertThat(new HashSet<>(column(skewed.embedding(), 1))).hasSizeGreaterThan(100);
      Set<Integer> favourites = new HashSet<>();
      for (int layer = 0; layer < 6; layer++) {
        Matrix router = skewed.layers().get(layer).experts().router();
        List<Float> biases = column(router, 0);
        assertThat(biases).doesNotHaveDuplicates().allMatch(bias -> bias <= 0).contains(-0.0f);
        favourites.add(biases.indexOf(-0.0f));
        assertThat(column(router, 1))
            .isEqualTo(column(plain.layers().get(layer).experts().router(), 1));
      }
      assertThat(favourites).hasSizeGreaterThan(1);
    }
  }
}
