package io.fiddler.model.load;

import io.fiddler.model.ModelConfig;
import io.fiddler.model.config.TensorId;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything but the experts, in one block of memory.
final class DenseWeights {
  /// A cache line: vector loads of a row's start do not cross one.
  private static final long ALIGNMENT_BYTES = 64;

  private final Map<TensorId, Slot> slots = new LinkedHashMap<>();
  private long sizeBytes;

  /// Plans the block; allocates nothing.
  DenseWeights(ModelConfig config, TensorSource source) {
    for (TensorShape shape : TensorShape.ofDensePart(config)) {
      Slot slot = new Slot(shape, source.elementType(shape), sizeBytes);
      slots.put(shape.id(), slot);
      sizeBytes = Math.ceilDiv(sizeBytes + slot.sizeBytes(), ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    }
  }

  private record Slot(TensorShape shape, ElementType type, long offset) {
    long sizeBytes() {
      return (long) shape.rows() * shape.cols() * type.sizeBytes();
    }

    MemoryView in(HostMemory memory) {
      return memory.view().slice(offset, sizeBytes());
    }
  }

  long sizeBytes() {
    return sizeBytes;
  }

  List<WeightsFill.Target> targets(HostMemory memory) {
    List<WeightsFill.Target> targets = new ArrayList<>();
    for (Slot slot : slots.values()) {
      targets.add(
          new WeightsFill.Target(
              CutTensor.whole(slot.shape), Tiling.ROW_MAJOR, List.of(slot.in(memory))));
    }
    return targets;
  }

  Matrix matrix(HostMemory memory, TensorId id) {
    Slot slot = slots.get(id);
    if (slot == null) {
      throw new IllegalArgumentException("the dense part has no tensor " + id);
    }
    return new Matrix(slot.in(memory), slot.type, slot.shape.rows(), slot.shape.cols());
  }
}
