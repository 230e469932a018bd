package io.fiddler.safetensors;

import io.fiddler.tensor.MemoryView;
import java.util.List;

/// The rule that blocks are equal parts of a tensor.
final class BlockSizes {
  private BlockSizes() {}

  static void requireEqualParts(List<MemoryView> blocks, StoredTensor tensor) {
    long sizeBytes = tensor.sizeBytes();
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(
          "there must be at least one block (" + tensor.name() + ")");
    }
    for (MemoryView block : blocks) {
      if (block.sizeBytes() * blocks.size() != sizeBytes) {
        throw new IllegalArgumentException(
            "%d blocks must have %d bytes together, got one of %d (%s)"
                .formatted(blocks.size(), sizeBytes, block.sizeBytes(), tensor.name()));
      }
    }
  }
}
