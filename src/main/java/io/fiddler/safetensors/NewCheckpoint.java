package io.fiddler.safetensors;

import io.fiddler.tensor.ByteSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A checkpoint that is being written into an empty folder, in shards as Hugging Face names them.
/// The index, without which nobody takes the shards for a model, is written when all is there;
/// closed before that, what was written is deleted.
public final class NewCheckpoint implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path folder;
  private final List<NewTensor> tensors;
  private final ShardLayout layout;
  private final List<NewShard> shards = new ArrayList<>();
  private final List<Path> texts = new ArrayList<>();
  private boolean finished;

  private NewCheckpoint(Path folder, List<NewTensor> tensors, ShardLayout layout) {
    this.folder = folder;
    this.tensors = List.copyOf(tensors);
    this.layout = layout;
  }

  /// Creates the files with their headers. The folder is created if there is none.
  ///
  /// @param maxShardBytes most data of a file, but one tensor at least
  /// @throws SafetensorsException if the folder is not empty, or has too little room
  public static NewCheckpoint create(Path folder, List<NewTensor> tensors, long maxShardBytes) {
    ShardLayout layout = ShardLayout.of(tensors, maxShardBytes);
    NewCheckpoint checkpoint = new NewCheckpoint(folder, tensors, layout);
    try {
      requireEmpty(folder);
      requireRoom(folder, layout.sizeBytes());
    } catch (IOException e) {
      throw checkpoint.cannotWrite(e);
    }
    try {
      for (int shard = 0; shard < layout.numShards(); shard++) {
        checkpoint.shards.add(
            NewShard.create(
                folder.resolve(
                    "model-%05d-of-%05d.safetensors".formatted(shard + 1, layout.numShards())),
                layout.tensorsOf(shard).stream().map(tensors::get).toList()));
      }
      return checkpoint;
    } catch (IOException | RuntimeException e) {
      checkpoint.close();
      throw e instanceof IOException io ? checkpoint.cannotWrite(io) : (RuntimeException) e;
    }
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new SafetensorsException("%s must be a folder, but is a file".formatted(folder));
    }
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw new SafetensorsException("the folder %s must be empty, but is not".formatted(folder));
      }
    }
  }

  private static void requireRoom(Path folder, long sizeBytes) throws IOException {
    FileStore store = Files.getFileStore(folder);
    long room = store.getUsableSpace();
    if (room < sizeBytes) {
      throw new SafetensorsException(
          "the checkpoint needs %s, but only %s are free in %s (%s)"
              .formatted(
                  ByteSize.describe(sizeBytes), ByteSize.describe(room), folder, store.type()));
    }
  }

  private SafetensorsException cannotWrite(IOException e) {
    return new SafetensorsException(
        "cannot write the checkpoint into %s: %s".formatted(folder, IoReason.of(e)), e);
  }

  /// Writes bytes of a tensor, `offset` bytes into it. Safe to call from any thread; quicker if
  /// several threads write to different shards.
  ///
  /// @param tensor its index in the list of tensors
  /// @throws SafetensorsException if they cannot be written
  public void write(int tensor, long offset, ByteBuffer bytes) {
    if (offset < 0 || offset + bytes.remaining() > tensors.get(tensor).sizeBytes()) {
      throw new IllegalArgumentException(
          "range must be in [0, %d), got [%d, %d) (%s)"
              .formatted(
                  tensors.get(tensor).sizeBytes(),
                  offset,
                  offset + bytes.remaining(),
                  tensors.get(tensor).name()));
    }
    try {
      shards.get(layout.shardOf(tensor)).write(layout.offsetOf(tensor) + offset, bytes);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /// The shard that a tensor is in, from 0.
  public int shardOf(int tensor) {
    return layout.shardOf(tensor);
  }

  /// Writes a file beside the shards, such as a configuration.
  ///
  /// @throws SafetensorsException if it cannot be written
  public void writeText(String fileName, String text) {
    Path file = folder.resolve(fileName);
    texts.add(file);
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /// Writes the index: everything is there.
  ///
  /// @throws SafetensorsException if it cannot be written
  public void finish() {
    Map<String, String> shardOfTensor = new LinkedHashMap<>();
    for (int tensor = 0; tensor < tensors.size(); tensor++) {
      Path shard = shards.get(layout.shardOf(tensor)).path();
      shardOfTensor.put(tensors.get(tensor).name(), String.valueOf(shard.getFileName()));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("metadata", Map.of("total_size", layout.sizeBytes()));
    index.put("weight_map", shardOfTensor);
    try {
      for (NewShard shard : shards) {
        shard.close();
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    writeText(Checkpoint.INDEX_FILE, JSON.writeValueAsString(index) + "\n");
    finished = true;
  }

  /// Closes the files; deletes them unless they were finished.
  ///
  /// @throws SafetensorsException if that cannot be done
  @Override
  public void close() {
    if (finished) {
      return;
    }
    try {
      for (NewShard shard : shards) {
        shard.close();
        Files.deleteIfExists(shard.path());
      }
      for (Path text : texts) {
        Files.deleteIfExists(text);
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }
}
