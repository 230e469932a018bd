package io.fiddler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MatrixTest {
  private static final MemoryView BYTES =
      MemoryView.of(MemoryKind.HOST, MemorySegment.ofArray(new byte[60]));

  @Test
  void rows_areAViewOfTheSameBytes() {
    Matrix matrix = new Matrix(BYTES, ElementType.BF16, 5, 6);
    Matrix rows = matrix.rows(2, 2);
    assertThat(rows.rows()).isEqualTo(2);
    assertThat(rows.memory().segment(MemoryKind.HOST))
        .isEqualTo(BYTES.slice(24, 24).segment(MemoryKind.HOST));
  }

  @Test
  void constructor_refuses_whenTheMemoryHasAnotherSize() {
    assertThatThrownBy(() -> new Matrix(BYTES, ElementType.F32, 5, 6))
        .hasMessage("a [5, 6] F32 matrix needs 120 bytes, got 60");
  }

  @Test
  void segment_refuses_whenTheMemoryIsOfTheOtherKind() {
    assertThatThrownBy(() -> BYTES.segment(MemoryKind.DEVICE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("expected DEVICE memory, got HOST");
  }
}
