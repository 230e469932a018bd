package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.SoftmaxTopK;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticSourceTest {
  @TempDir Path cache;

  private ModelSource source(String path, int threads) {
    return ModelSources.of(path, cache, threads);
  }

  private List<Long> checksums(String path, int threads) {
    try (ModelWeights weights = source(path, threads).load((_, _) -> {})) {
      List<Long> checksums = new ArrayList<>();
      for (HostMemory memory : weights.memory()) {
        long sum = 0;
        MemorySegment segment = memory.view().segment(MemoryKind.HOST);
        for (long at = 0; at + 8 <= segment.byteSize(); at += 8) {
          sum = sum * 31 + segment.get(ValueLayout.JAVA_LONG, at);
        }
        checksums.add(sum);
      }
      return checksums;
    }
  }

  private String fingerprint(String path) {
    try (ModelWeights weights = source(path, 1).load((_, _) -> {})) {
      return weights.fingerprint();
    }
  }

  @Test
  void load_makesTheSameWeights_whateverTheThreads() {
    List<Long> alone = checksums("synthetic:tiny?seed=1", 1);
    assertThat(checksums("synthetic:tiny?seed=1", 5)).isEqualTo(alone).doesNotHaveDuplicates();
    assertThat(checksums("synthetic:tiny?seed=2", 1)).isNotEqualTo(alone);
  }

  @Test
  void load_makesWeightsOfUnitGain() {
    try (ModelWeights weights = source("synthetic:tiny?layers=1", 2).load((_, _) -> {})) {
      MixtureOfExpertsWeights mlp = (MixtureOfExpertsWeights) weights.layers().getFirst().mlp();
      for (Matrix matrix :
          List.of(
              weights.head(),
              mlp.format().gate(mlp.experts().getFirst(), 0),
              mlp.format().down(mlp.experts().getLast(), 3))) {
        double sum = 0;
        double squares = 0;
        MemorySegment segment = matrix.memory().segment(MemoryKind.HOST);
        long count = matrix.sizeBytes() / 2;
        for (long i = 0; i < count; i++) {
          float value =
              Float.intBitsToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << 16);
          sum += value;
          squares += value * value;
        }
        int inputs = matrix.rows() == 128 ? 256 : 128;
        assertThat(Math.sqrt(squares / count) * Math.sqrt(inputs)).isBetween(0.6, 1.5);
        assertThat(sum / count).isCloseTo(0, within(0.01));
      }
      assertThat(bits(weights.finalNorm())).containsOnly((short) 0x3f80);
    }
  }

  private static short[] bits(Matrix matrix) {
    return matrix.memory().segment(MemoryKind.HOST).toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
  }

  @Test
  void fingerprint_followsTheParameters() {
    assertThat(
            List.of(
                fingerprint("synthetic:tiny"),
                fingerprint("synthetic:tiny?seed=1"),
                fingerprint("synthetic:tiny?layers=3"),
                fingerprint("synthetic:tiny?experts=4"),
                fingerprint("synthetic:tiny?skew=1.0")))
        .doesNotHaveDuplicates();
    assertThat(fingerprint("synthetic:tiny?seed=0&layers=4"))
        .isEqualTo(fingerprint("synthetic:tiny"));
    assertThat(fingerprint("synthetic:tiny?skew=0")).isEqualTo(fingerprint("synthetic:tiny"));
  }

  @Test
  void config_hasTheShape() {
    ModelSource source = source("synthetic:mixtral-8x7b?layers=3&seed=1&experts=5", 1);
    ModelConfig config = source.config();
    assertThat(source.name()).isEqualTo("synthetic-mixtral-8x7b");
    assertThat(source.tokenizerFile()).isEmpty();
    assertThat(config.numLayers()).isEqualTo(3);
    assertThat(config.hiddenSize()).isEqualTo(4096);
    assertThat(config.layers().getFirst().mlp())
        .isEqualTo(new MixtureOfExperts(new SoftmaxTopK(true), 5, 2, 14336));
    assertThat(source("synthetic:mixtral-8x22b", 1).config().numLayers()).isEqualTo(56);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "synthetic:|the synthetic shape must be one of [mixtral-8x22b, mixtral-8x7b, tiny], got \"\"",
        "synthetic:gpt|the synthetic shape must be one of [mixtral-8x22b, mixtral-8x7b, tiny], got \"gpt\"",
        "synthetic:tiny?depth=1|a synthetic model's parameters are [experts, layers, seed, skew], got \"depth\"",
        "synthetic:tiny?|a synthetic model's parameters are [experts, layers, seed, skew], got \"\"",
        "synthetic:tiny?layers=0|layers must be a whole number in [1, 4096], got \"0\"",
        "synthetic:tiny?layers|layers must be a whole number in [1, 4096], got \"\"",
        "synthetic:tiny?experts=1|experts must be a whole number in [2, 4096], got \"1\"",
        "synthetic:tiny?seed=x|seed must be a whole number in [-9223372036854775808, 9223372036854775807], got \"x\"",
        "synthetic:tiny?seed=1&seed=1|seed is given twice",
        "synthetic:tiny?skew=-1|skew must be a number in [0, 4], got \"-1\"",
        "synthetic:tiny?skew=NaN|skew must be a number in [0, 4], got \"NaN\"",
      })
  void of_namesTheRule_whenAParameterIsWrong(String path, String expected) {
    assertThatThrownBy(() -> source(path, 1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("%s (%s)".formatted(expected, path));
  }

  @Test
  void load_namesTheSize_whenItCannotFit() {
    int liveBefore = HostMemory.liveAllocations();
    ModelSource source = source("synthetic:mixtral-8x22b?layers=4096", 1);
    assertThatThrownBy(() -> source.load((_, _) -> {}))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("model synthetic-mixtral-8x22b needs 18.")
        .hasMessageContaining(" TiB of host memory, but there are only ");
    assertThat(HostMemory.liveAllocations()).isEqualTo(liveBefore);
  }
}
