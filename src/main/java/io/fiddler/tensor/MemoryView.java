package io.fiddler.tensor;

import java.lang.foreign.MemorySegment;

/// A borrowed range of bytes in one kind of memory. Never owns: the allocator closes.
public final class MemoryView {
  private final MemoryKind kind;
  private final MemorySegment segment;

  private MemoryView(MemoryKind kind, MemorySegment segment) {
    this.kind = kind;
    this.segment = segment;
  }

  /// A view of `segment`; for device memory that the CPU cannot reach, a segment whose address is
  /// the device's and which nobody dereferences.
  public static MemoryView of(MemoryKind kind, MemorySegment segment) {
    return new MemoryView(kind, segment);
  }

  /// Where the bytes are.
  public MemoryKind kind() {
    return kind;
  }

  /// Length in bytes.
  public long sizeBytes() {
    return segment.byteSize();
  }

  /// The part [offset, offset + size) in bytes.
  public MemoryView slice(long offsetBytes, long sizeBytes) {
    return new MemoryView(kind, segment.asSlice(offsetBytes, sizeBytes));
  }

  /// The bytes, for code that works on `expected` memory.
  ///
  /// @throws IllegalStateException if they are in the other kind
  public MemorySegment segment(MemoryKind expected) {
    if (kind != expected) {
      throw new IllegalStateException("expected " + expected + " memory, got " + kind);
    }
    return segment;
  }

  @Override
  public String toString() {
    return kind + "[" + segment.byteSize() + " bytes]";
  }
}
