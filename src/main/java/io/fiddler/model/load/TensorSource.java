package io.fiddler.model.load;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.TensorId;
import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;

/// Where a model's numbers come from.
interface TensorSource {
  /// How the elements of a tensor are stored.
  ///
  /// @throws ModelLoadException if there is no such tensor of that shape
  ElementType elementType(TensorShape shape);

  /// Name and place of a tensor, for messages.
  String describe(TensorId id);

  /// Threads that may ask for rows at once.
  int numThreads();

  /// Puts rows of a tensor into memory, one after the other. Safe to call from any thread.
  ///
  /// @param tensor the tensor; the rows are all of it that a cut leaves together
  /// @param firstRow of the tensor, not of a block
  /// @param target as large as the rows
  void rows(CutTensor tensor, int firstRow, MemorySegment target);
}
