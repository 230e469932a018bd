package io.fiddler.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorReaderTest {
  @TempDir Path directory;

  private static byte[] random(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new SplittableRandom(sizeBytes).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(MemoryView view) {
    return view.segment(MemoryKind.HOST).toArray(ValueLayout.JAVA_BYTE);
  }

  private static List<MemoryView> equalParts(HostMemory memory, int count) {
    long size = memory.view().sizeBytes() / count;
    return IntStream.range(0, count).mapToObj(i -> memory.view().slice(i * size, size)).toList();
  }

  /// The last shape is read in several chunks.
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "3, 7, 7, 2", "13, 12, 3, 3", "5, 6, 1, 2", "4099, 1200, 4, 3"})
  void readAll_putsColumnsIntoBlocks(int rows, int cols, int numBlocks, int numThreads) {
    byte[] data = random(rows * cols * 2);
    new SafetensorsFixture()
        .put("before", "F32", List.of(1), random(4))
        .put("matrix", "BF16", List.of(rows, cols), data)
        .write(directory.resolve("model.safetensors"));
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        HostMemory memory = HostMemory.allocate(data.length)) {
      List<MemoryView> blocks = equalParts(memory, numBlocks);
      StoredTensor tensor = checkpoint.find("matrix").orElseThrow();
      TensorReader.readAll(
          List.of(new TensorRead.Columns(tensor, blocks)), numThreads, (_, _) -> {});
      int width = cols / numBlocks * 2;
      for (int block = 0; block < numBlocks; block++) {
        byte[] got = bytes(blocks.get(block));
        for (int row = 0; row < rows; row++) {
          int from = row * cols * 2 + block * width;
          assertThat(Arrays.equals(got, row * width, (row + 1) * width, data, from, from + width))
              .as("row %d of block %d", row, block)
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 7, 2", "12, 4, 3", "9000000, 2, 3"})
  void readAll_putsRowsIntoBlocks(int blockBytes, int numBlocks, int numThreads) {
    byte[] data = random(blockBytes * numBlocks);
    new SafetensorsFixture()
        .put("before", "U8", List.of(3), random(3))
        .put("matrix", "U8", List.of(numBlocks, blockBytes), data)
        .write(directory.resolve("model.safetensors"));
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        HostMemory memory = HostMemory.allocate(data.length)) {
      TensorReader.readAll(
          List.of(
              new TensorRead.Rows(
                  checkpoint.find("matrix").orElseThrow(), equalParts(memory, numBlocks))),
          numThreads,
          (_, _) -> {});
      assertThat(bytes(memory.view())).isEqualTo(data);
    }
  }

  @Test
  void readAll_reportsProgressUpToTheEnd() {
    SafetensorsFixture fixture = new SafetensorsFixture();
    for (int i = 0; i < 20; i++) {
      fixture.put("t" + i, "U8", List.of(10, 100), random(1000));
    }
    fixture.write(directory.resolve("model.safetensors"));
    ConcurrentLinkedQueue<Long> done = new ConcurrentLinkedQueue<>();
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        HostMemory memory = HostMemory.allocate(20_000)) {
      List<TensorRead> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        StoredTensor tensor = checkpoint.find("t" + i).orElseThrow();
        MemoryView target = memory.view().slice(i * 1000L, 1000);
        reads.add(
            i % 2 == 0
                ? TensorRead.whole(tensor, target)
                : new TensorRead.Columns(tensor, List.of(target)));
      }
      TensorReader.readAll(
          reads,
          3,
          (doneBytes, totalBytes) -> {
            assertThat(totalBytes).isEqualTo(20_000);
            done.add(doneBytes);
          });
    }
    assertThat(done).hasSize(20).contains(20_000L).allMatch(bytes -> bytes % 1000 == 0);
  }

  @Test
  void readAll_namesTheTensor_whenTheFileShrinksAfterItWasOpened() throws IOException {
    Path file =
        new SafetensorsFixture()
            .put("matrix", "U8", List.of(10, 10), random(100))
            .write(directory.resolve("model.safetensors"));
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        HostMemory memory = HostMemory.allocate(100);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long size = channel.size() - 1;
      channel.truncate(size);
      StoredTensor tensor = checkpoint.find("matrix").orElseThrow();
      assertThatThrownBy(() ->
              TensorReader.readAll(
                  List.of(TensorRead.whole(tensor, memory.view())), 2, (_, _) -> {}))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage(
              "cannot read tensor \"matrix\": the file ends at byte %d (%s)".formatted(size, file));
    }
  }

  @Test
  void constructor_refuses_whenBlocksDoNotFit() {
    new SafetensorsFixture()
        .put("matrix", "U8", List.of(3, 6), random(18))
        .write(directory.resolve("model.safetensors"));
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        HostMemory memory = HostMemory.allocate(18)) {
      StoredTensor tensor = checkpoint.find("matrix").orElseThrow();
      assertThatThrownBy(() -> TensorRead.whole(tensor, memory.view().slice(0, 17)))
          .hasMessage("1 blocks must have 18 bytes together, got one of 17 (matrix)");
      assertThatThrownBy(() -> new TensorRead.Columns(tensor, equalParts(memory, 9)))
          .hasMessage("9 blocks of columns cannot be cut from shape [3, 6] (matrix)");
      assertThatThrownBy(() -> new TensorRead.Rows(tensor, List.of()))
          .hasMessage("there must be at least one block (matrix)");
    }
  }
}
