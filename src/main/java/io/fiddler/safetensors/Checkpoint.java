package io.fiddler.safetensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The tensors of a model directory: one `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names. Holds the files open; the caller closes it.
public final class Checkpoint implements AutoCloseable {
  private static final String SINGLE_FILE = "model.safetensors";
  static final String INDEX_FILE = "model.safetensors.index.json";

  private final Path origin;
  private final List<SafetensorsFile> files;
  private final Map<String, StoredTensor> tensors;

  private Checkpoint(Path origin, List<SafetensorsFile> files, Map<String, StoredTensor> tensors) {
    this.origin = origin;
    this.files = List.copyOf(files);
    this.tensors = tensors;
  }

  /// Opens every file and checks every header.
  ///
  /// @throws SafetensorsException if a file is missing or malformed
  public static Checkpoint open(Path directory) {
    Path single = directory.resolve(SINGLE_FILE);
    Path index = directory.resolve(INDEX_FILE);
    // In this order, as Hugging Face: a directory may hold both.
    if (Files.exists(single)) {
      return openSingle(single);
    }
    if (Files.exists(index)) {
      return openSharded(directory, index);
    }
    throw new SafetensorsException(
        "there is neither %s nor %s in %s".formatted(SINGLE_FILE, INDEX_FILE, directory));
  }

  private static Checkpoint openSingle(Path path) {
    SafetensorsFile file = SafetensorsFile.open(path);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    file.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    return new Checkpoint(path, List.of(file), tensors);
  }

  private static Checkpoint openSharded(Path directory, Path index) {
    Map<String, String> shardOfTensor = ShardIndex.read(index);
    Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
    try {
      for (String shard : new TreeSet<>(shardOfTensor.values())) {
        shards.put(shard, openShard(directory.resolve(shard), index));
      }
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      shardOfTensor.forEach(
          (name, shard) -> tensors.put(name, find(name, shard, shards.get(shard), index)));
      return new Checkpoint(index, List.copyOf(shards.values()), tensors);
    } catch (RuntimeException | Error e) {
      shards.values().forEach(SafetensorsFile::close);
      throw e;
    }
  }

  private static SafetensorsFile openShard(Path shard, Path index) {
    if (!Files.exists(shard)) {
      throw new SafetensorsException(
          "shard %s is missing, which %s names".formatted(shard, index.getFileName()));
    }
    return SafetensorsFile.open(shard);
  }

  private static StoredTensor find(
      String name, String shard, @Nullable SafetensorsFile file, Path index) {
    return Optional.ofNullable(file)
        .flatMap(f -> f.find(name))
        .orElseThrow(() ->
            new SafetensorsException(
                "the index places tensor %s in %s, which lacks it (%s)"
                    .formatted(StrictJson.quote(name), shard, index)));
  }

  /// The file that lists the tensors, for messages.
  public Path origin() {
    return origin;
  }

  /// The files in order of their names.
  public List<SafetensorsFile> files() {
    return files;
  }

  /// The tensor of that name.
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
