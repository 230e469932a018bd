package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VectorKernelsTest extends CpuKernelsContract {
  @Override
  CpuKernels create() {
    return VectorKernelsSource.kernels();
  }

  @Test
  void name_tellsTheWidth() {
    assertThat(create().name()).matches("vector-(128|256|512)");
  }

  @Test
  void preconditions_giveTheReason_whenVectorsAreTooNarrow() {
    assertThatThrownBy(() -> VectorPreconditions.check(64))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("vectors have 64 bits");
  }
}
