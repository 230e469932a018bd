package io.fiddler.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.HostMemory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourcesTest {
  @TempDir Path cache;

  private final int liveBefore = HostMemory.liveAllocations();

  @AfterEach
  void nothingStaysAllocated() {
    assertThat(HostMemory.liveAllocations()).isEqualTo(liveBefore);
  }

  @Test
  void tinyMoe_loads() {
    ModelSource source = ModelSources.of("tiny-moe", cache, 2);
    assertThat(source.name()).isEqualTo("tiny-moe");
    assertThat(source.tokenizerFile()).isPresent();
    try (ModelWeights weights = source.load((_, _) -> {})) {
      assertThat(weights.layers()).hasSize(6);
      assertThat(weights.head().rows()).isEqualTo(3072);
      assertThat(weights.embedding().type()).isEqualTo(ElementType.BF16);
    }
  }

  @Test
  void synthetic_loads() {
    ModelSource source = ModelSources.of("synthetic:tiny?layers=3&seed=1", cache, 2);
    try (ModelWeights weights = source.load((_, _) -> {})) {
      assertThat(weights.layers()).hasSize(3);
    }
  }
}
