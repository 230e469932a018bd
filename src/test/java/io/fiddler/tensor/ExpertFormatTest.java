package io.fiddler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertFormatTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 14336, 14, 1024",
    "6144, 16384, 16, 1024",
    "192, 160, 5, 32",
    "64, 96, 3, 32",
    "64, 80, 5, 16",
    "8, 7, 1, 7",
    "8, 1, 1, 1",
    "8, 131, 131, 1"
  })
  void of_cutsSlicesThatFit(int hiddenSize, int intermediateSize, int numSlices, int sliceWidth) {
    ExpertFormat format = ExpertFormat.of(ElementType.BF16, hiddenSize, intermediateSize);
    assertThat(format.numSlices()).isEqualTo(numSlices);
    assertThat(format.sliceWidth()).isEqualTo(sliceWidth);
    assertThat(format.expertSizeBytes()).isEqualTo(3L * hiddenSize * intermediateSize * 2);
  }

  @Test
  void parts_tileASliceInOrder() {
    ExpertFormat format = new ExpertFormat(ElementType.F32, 3, 10, 5);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(format.expertSizeBytes());
      MemoryView expert = MemoryView.of(MemoryKind.HOST, bytes);
      long next = bytes.address();
      for (int slice = 0; slice < 5; slice++) {
        for (Matrix part :
            new Matrix[] {
              format.gate(expert, slice), format.up(expert, slice), format.down(expert, slice)
            }) {
          assertThat(part.memory().segment(MemoryKind.HOST).address()).isEqualTo(next);
          next += part.sizeBytes();
        }
        assertThat(format.down(expert, slice).rows()).isEqualTo(3);
        assertThat(format.down(expert, slice).cols()).isEqualTo(2);
      }
      MemoryView lastTwo = format.slices(expert, 3, 2);
      assertThat(format.gate(lastTwo, 1).memory().segment(MemoryKind.HOST).address())
          .isEqualTo(format.gate(expert, 4).memory().segment(MemoryKind.HOST).address());
    }
  }

  @Test
  void constructor_refuses_whenSlicesDoNotDivide() {
    assertThatThrownBy(() -> new ExpertFormat(ElementType.F32, 8, 10, 3))
        .hasMessage("numSlices must divide intermediateSize 10, got 3");
  }
}
