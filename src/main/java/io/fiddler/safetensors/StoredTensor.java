package io.fiddler.safetensors;

import io.fiddler.tensor.ElementType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A tensor in an open file.
public final class StoredTensor {
  private final SafetensorsFile file;
  private final TensorEntry entry;

  StoredTensor(SafetensorsFile file, TensorEntry entry) {
    this.file = file;
    this.entry = entry;
  }

  /// The tensor's name.
  public String name() {
    return entry.name();
  }

  /// The file it is in.
  public Path path() {
    return file.path();
  }

  /// The format's name of the element type, for example `BF16` or `I8`.
  public String dtypeName() {
    return entry.dtype().name();
  }

  /// The element type, if it is one that the engine computes with.
  public Optional<ElementType> elementType() {
    return entry.dtype().elementType();
  }

  /// Sizes of the dimensions, outermost first; empty for a scalar.
  public List<Long> shape() {
    return entry.shape();
  }

  /// Length in bytes.
  public long sizeBytes() {
    return entry.sizeBytes();
  }

  /// Fills `target` with the tensor's bytes from `offset` on. Safe to call from any thread.
  ///
  /// @throws SafetensorsException if the file cannot be read
  public void read(long offset, ByteBuffer target) {
    if (offset < 0 || offset + target.remaining() > sizeBytes()) {
      throw new IllegalArgumentException(
          "range must be in [0, %d), got [%d, %d) (%s)"
              .formatted(sizeBytes(), offset, offset + target.remaining(), name()));
    }
    file.read(entry, offset, target);
  }
}
