package io.fiddler.safetensors;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One open safetensors file whose header is checked. It stays open until closed, so that what is
/// read later is what was checked. Safe to read from any thread.
public final class SafetensorsFile implements AutoCloseable {
  private final FileBytes bytes;
  private final Header header;
  private final long sizeBytes;

  private SafetensorsFile(FileBytes bytes, Header header, long sizeBytes) {
    this.bytes = bytes;
    this.header = header;
    this.sizeBytes = sizeBytes;
  }

  /// Opens a file and checks its header.
  ///
  /// @throws SafetensorsException if it is missing, unreadable or malformed
  static SafetensorsFile open(Path path) {
    FileBytes bytes = FileBytes.open(path);
    try {
      return new SafetensorsFile(bytes, Header.read(bytes), bytes.sizeBytes());
    } catch (RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
  }

  /// Where the file is.
  public Path path() {
    return bytes.path();
  }

  /// Length of the file.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// SHA-256 of the header's JSON, in hexadecimal.
  public String headerSha256() {
    return header.sha256();
  }

  /// Every tensor of the file, in the order of their bytes.
  public List<StoredTensor> tensors() {
    return DataLayout.sorted(header.tensors().values()).stream()
        .map(entry -> new StoredTensor(this, entry))
        .toList();
  }

  Optional<StoredTensor> find(String name) {
    @Nullable TensorEntry entry = header.tensors().get(name);
    return Optional.ofNullable(entry).map(e -> new StoredTensor(this, e));
  }

  /// Fills `target` with the bytes of `entry` from `offset` on.
  void read(TensorEntry entry, long offset, ByteBuffer target) {
    bytes.read(
        header.dataStart() + entry.begin() + offset,
        target,
        "tensor " + StrictJson.quote(entry.name()));
  }

  @Override
  public void close() {
    bytes.close();
  }
}
