package io.fiddler.tensor;

/// How one number of a tensor is stored.
public enum ElementType {
  /// IEEE 754 binary32.
  F32(4),
  /// IEEE 754 binary16.
  F16(2),
  /// The upper half of a binary32.
  BF16(2);

  private final int sizeBytes;

  ElementType(int sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /// Bytes of one element.
  public int sizeBytes() {
    return sizeBytes;
  }
}
