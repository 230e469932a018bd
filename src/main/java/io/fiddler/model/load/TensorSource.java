package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.TensorId;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.MemoryView;
import java.util.List;

/// Where a model's numbers come from.
interface TensorSource {
  /// How the elements of a tensor are stored.
  ///
  /// @throws ModelLoadException if there is no such tensor of that shape
  ElementType elementType(TensorShape shape);

  /// Name and place of a tensor, for messages.
  String describe(TensorId id);

  /// Threads that fill memory.
  int numThreads();

  /// Fills memory, on those threads.
  void fill(List<Target> targets, LoadProgress progress);

  /// How a tensor is cut into equal blocks.
  enum Cut {
    ROWS,
    COLUMNS
  }

  /// Where one tensor goes.
  ///
  /// @param shape the tensor
  /// @param cut which dimension is cut
  /// @param blocks memory of each block, row-major, in order
  record Target(TensorShape shape, Cut cut, List<MemoryView> blocks) {
    public Target {
      blocks = List.copyOf(blocks);
    }
  }
}
