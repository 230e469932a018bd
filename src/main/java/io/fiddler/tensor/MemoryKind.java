package io.fiddler.tensor;

/// Where bytes are.
public enum MemoryKind {
  /// Ordinary memory of this process.
  HOST,
  /// Memory of the device; of an emulated one too, although the CPU could reach it.
  DEVICE
}
