package io.fiddler.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.tensor.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCheckpointTest {
  private static final List<NewTensor> TENSORS =
      List.of(
          new NewTensor("a.weight", ElementType.BF16, List.of(3L, 5L)),
          new NewTensor("b.weight", ElementType.F32, List.of(7L)),
          new NewTensor("c.weight", ElementType.F16, List.of(100L, 2L)),
          new NewTensor("d.weight", ElementType.BF16, List.of(1L)));

  @TempDir Path directory;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static byte[] bytes(int tensor) {
    byte[] bytes = new byte[(int) TENSORS.get(tensor).sizeBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (tensor * 50 + i);
    }
    return bytes;
  }

  /// In halves, the later one first.
  private static void write(NewCheckpoint checkpoint, int tensor) {
    byte[] bytes = bytes(tensor);
    int half = bytes.length / 2;
    checkpoint.write(tensor, half, ByteBuffer.wrap(bytes, half, bytes.length - half));
    checkpoint.write(tensor, 0, ByteBuffer.wrap(bytes, 0, half));
  }

  private void writeAll() {
    try (NewCheckpoint checkpoint = NewCheckpoint.create(directory, TENSORS, 100)) {
      for (int tensor = TENSORS.size() - 1; tensor >= 0; tensor--) {
        write(checkpoint, tensor);
      }
      checkpoint.finish();
    }
  }

  @Test
  void finish_leavesACheckpointThatIsReadBack() throws IOException {
    writeAll();
    assertThat(files())
        .containsExactly(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "model.safetensors.index.json");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      for (int i = 0; i < TENSORS.size(); i++) {
        NewTensor expected = TENSORS.get(i);
        StoredTensor tensor = checkpoint.find(expected.name()).orElseThrow();
        assertThat(tensor.shape()).isEqualTo(expected.shape());
        assertThat(tensor.elementType()).contains(expected.type());
        ByteBuffer read = ByteBuffer.allocate((int) tensor.sizeBytes());
        tensor.read(0, read);
        assertThat(read.array()).isEqualTo(bytes(i));
      }
    }
  }

  @Test
  void close_deletesWhatWasWritten_whenItIsNotFinished() throws IOException {
    try (NewCheckpoint checkpoint = NewCheckpoint.create(directory, TENSORS, 100)) {
      checkpoint.writeText("config.json", "{}");
      write(checkpoint, 0);
      assertThat(files()).hasSize(4);
      assertThat(checkpoint.shardOf(2)).isEqualTo(1);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void create_refusesAFolderThatIsNotEmpty_andLeavesItAlone() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThatThrownBy(this::writeAll)
        .isInstanceOf(SafetensorsException.class)
        .hasMessage("the folder %s must be empty, but is not".formatted(directory));
    Path file = directory.resolve("notes.txt");
    assertThatThrownBy(() -> NewCheckpoint.create(file, TENSORS, 100))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage("%s must be a folder, but is a file".formatted(file));
    assertThat(files()).containsExactly("notes.txt");
  }

  @Test
  void create_namesTheRoom_whenThereIsTooLittle() throws IOException {
    List<NewTensor> huge = List.of(new NewTensor("huge", ElementType.F32, List.of(1L << 50, 16L)));
    assertThatThrownBy(() -> NewCheckpoint.create(directory, huge, Long.MAX_VALUE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageMatching("the checkpoint needs 64.0 PiB, but only .* are free in .*");
    assertThat(files()).isEmpty();
  }

  @Test
  void write_refuses_whatIsOutsideTheTensor() {
    try (NewCheckpoint checkpoint = NewCheckpoint.create(directory, TENSORS, 100)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> checkpoint.write(1, 20, ByteBuffer.allocate(9)))
          .withMessage("range must be in [0, 28), got [20, 29) (b.weight)");
    }
  }

  @Test
  void read_namesTheTensor_whenAFileShrinksAfterItWasOpened() throws IOException {
    writeAll();
    Path shard = directory.resolve("model-00003-of-00003.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(directory);
        FileChannel channel = FileChannel.open(shard, StandardOpenOption.WRITE)) {
      long size = channel.size() - 1;
      channel.truncate(size);
      StoredTensor tensor = checkpoint.find("d.weight").orElseThrow();
      assertThatThrownBy(() -> tensor.read(0, ByteBuffer.allocate(2)))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage(
              "cannot read tensor \"d.weight\": the file ends at byte %d (%s)"
                  .formatted(size, shard));
    }
  }
}
