package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import io.fiddler.model.load.CutTensor.Cut;
import io.fiddler.model.load.WeightsFill.Target;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsFillTest {
  /// Every element tells its row and column.
  private record Coordinates(int numThreads) implements TensorSource {
    static short at(int row, int col) {
      return (short) (row * 31 + col * 7);
    }

    @Override
    public ElementType elementType(TensorShape shape) {
      return ElementType.BF16;
    }

    @Override
    public String describe(TensorId id) {
      return id.toString();
    }

    @Override
    public void rows(CutTensor tensor, int firstRow, MemorySegment target) {
      int cols = tensor.shape().cols();
      for (int i = 0; i < target.byteSize() / 2; i++) {
        target.setAtIndex(ValueLayout.JAVA_SHORT, i, at(firstRow + i / cols, i % cols));
      }
    }
  }

  private static CutTensor tensor(int rows, int cols, Cut cut, int numBlocks) {
    TensorId id = new TensorId(TensorRole.DOWN_PROJ, 0, 0);
    return new CutTensor(new TensorShape(id, rows, cols), cut, numBlocks);
  }

  private static Target target(CutTensor tensor, Tiling tiling, HostMemory memory) {
    long size = tensor.blockSizeBytes(ElementType.BF16);
    List<MemoryView> blocks =
        IntStream.range(0, tensor.numBlocks())
            .mapToObj(i -> memory.view().slice(i * size, size))
            .toList();
    return new Target(tensor, tiling, blocks);
  }

  /// Small, odd, in several pieces, in several steps of a piece.
  @ParameterizedTest
  @CsvSource({
    "1, 1, ROWS, 1, ROW_MAJOR, 1",
    "21, 7, ROWS, 3, ROW_MAJOR, 2",
    "3, 7, COLUMNS, 7, ROW_MAJOR, 2",
    "5, 6, COLUMNS, 1, ROW_MAJOR, 2",
    "4099, 1200, COLUMNS, 4, ROW_MAJOR, 3",
    "4099, 1200, ROWS, 1, ROW_MAJOR, 3",
    "32, 32, ROWS, 1, AMX_TILES, 1",
    "192, 96, ROWS, 3, AMX_TILES, 2",
    "96, 192, COLUMNS, 3, AMX_TILES, 2",
    "4128, 1280, ROWS, 3, AMX_TILES, 3",
    "4128, 1280, COLUMNS, 5, AMX_TILES, 3"
  })
  void run_putsEveryElementIntoItsBlock(
      int rows, int cols, Cut cut, int numBlocks, Tiling tiling, int threads) {
    CutTensor tensor = tensor(rows, cols, cut, numBlocks);
    try (HostMemory memory = HostMemory.allocate(tensor.sizeBytes(ElementType.BF16))) {
      Target target = target(tensor, tiling, memory);
      WeightsFill.run(new Coordinates(threads), List.of(target), (_, _) -> {});
      int wrong = 0;
      for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
          wrong += element(target, row, col) == Coordinates.at(row, col) ? 0 : 1;
        }
      }
      assertThat(wrong).as("elements at a wrong place").isZero();
    }
  }

  /// As {@link Tiling} says where it is.
  private static short element(Target target, int row, int col) {
    CutTensor tensor = target.tensor();
    int height = tensor.blockRows();
    int width = tensor.blockCols();
    int block = tensor.cut() == Cut.ROWS ? row / height : col / width;
    int r = row % height;
    int c = col % width;
    int index =
        switch (target.tiling()) {
          case ROW_MAJOR -> r * width + c;
          case AMX_TILES -> r / 16 * 16 * width + c / 2 * 32 + r % 16 * 2 + c % 2;
        };
    return target
        .blocks()
        .get(block)
        .segment(MemoryKind.HOST)
        .getAtIndex(ValueLayout.JAVA_SHORT, index);
  }

  @Test
  void run_reportsProgressUpToTheEnd() {
    ConcurrentLinkedQueue<Long> done = new ConcurrentLinkedQueue<>();
    try (HostMemory memory = HostMemory.allocate(20_000)) {
      List<Target> targets = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Cut cut = i % 2 == 0 ? Cut.ROWS : Cut.COLUMNS;
        MemoryView block = memory.view().slice(i * 1000L, 1000);
        targets.add(new Target(tensor(10, 50, cut, 1), Tiling.ROW_MAJOR, List.of(block)));
      }
      WeightsFill.run(
          new Coordinates(3),
          targets,
          (doneBytes, totalBytes) -> {
            assertThat(totalBytes).isEqualTo(20_000);
            done.add(doneBytes);
          });
    }
    assertThat(done).hasSize(20).contains(20_000L).allMatch(bytes -> bytes % 1000 == 0);
  }

  @Test
  void run_refusesBlocks_whoseSizeIsNotTheTensors() {
    try (HostMemory memory = HostMemory.allocate(100)) {
      CutTensor tensor = tensor(3, 6, Cut.ROWS, 3);
      Target target =
          new Target(
              tensor,
              Tiling.ROW_MAJOR,
              List.of(
                  memory.view().slice(0, 12),
                  memory.view().slice(12, 12),
                  memory.view().slice(24, 13)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WeightsFill.run(new Coordinates(1), List.of(target), (_, _) -> {}))
          .withMessageEndingWith("must be 12 bytes, got 13");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Target(tensor, Tiling.ROW_MAJOR, List.of(memory.view())))
          .withMessageEndingWith("has 3 blocks, got memory for 1");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensor(3, 7, Cut.COLUMNS, 2))
        .withMessageStartingWith("numBlocks must divide the 7 COLUMNS of ")
        .withMessageEndingWith(", got 2");
  }
}
