package io.fiddler.safetensors;

import io.fiddler.tensor.MemoryView;
import java.util.List;

/// A tensor on its way into memory, cut into equal blocks.
public sealed interface TensorRead {
  /// The tensor to read.
  StoredTensor tensor();

  /// Where the blocks go, in order; together as large as the tensor.
  List<MemoryView> blocks();

  /// The tensor's bytes as they are.
  static TensorRead whole(StoredTensor tensor, MemoryView target) {
    return new Rows(tensor, List.of(target));
  }

  /// Rows cut into blocks: consecutive bytes.
  ///
  /// @param tensor the tensor
  /// @param blocks where equal ranges of its bytes go
  record Rows(StoredTensor tensor, List<MemoryView> blocks) implements TensorRead {
    public Rows {
      blocks = List.copyOf(blocks);
      BlockSizes.requireEqualParts(blocks, tensor);
    }
  }

  /// Columns of a matrix cut into blocks, each row-major in its own memory.
  ///
  /// @param tensor a matrix
  /// @param blocks where equal ranges of its columns go
  record Columns(StoredTensor tensor, List<MemoryView> blocks) implements TensorRead {
    public Columns {
      blocks = List.copyOf(blocks);
      if (blocks.isEmpty()
          || tensor.shape().size() != 2
          || tensor.shape().get(1) % blocks.size() != 0) {
        throw new IllegalArgumentException(
            "%d blocks of columns cannot be cut from shape %s (%s)"
                .formatted(blocks.size(), tensor.shape(), tensor.name()));
      }
      BlockSizes.requireEqualParts(blocks, tensor);
    }

    int numRows() {
      return Math.toIntExact(tensor.shape().getFirst());
    }

    long rowSizeBytes() {
      return tensor.sizeBytes() / numRows();
    }
  }
}
