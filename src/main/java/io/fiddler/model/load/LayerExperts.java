package io.fiddler.model.load;

import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import io.fiddler.model.load.CutTensor.Cut;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The experts of one layer, slice-major, in one block of memory.
final class LayerExperts {
  /// A page: the driver of a device registers whole pages.
  private static final long ALIGNMENT_BYTES = 4096;

  private final int numExperts;
  private final List<CutTensor> tensors;
  private final ExpertFormat format;

  /// Plans the block; allocates nothing.
  LayerExperts(
      int layer, int hiddenSize, MixtureOfExperts mlp, TensorSource source, Tiling tiling) {
    numExperts = mlp.numExperts();
    TensorShape first =
        shape(new TensorId(TensorRole.GATE_PROJ, layer, 0), hiddenSize, mlp.moeIntermediateSize());
    ElementType type = source.elementType(first);
    tensors = tensors(layer, hiddenSize, mlp, type);
    for (CutTensor tensor : tensors) {
      requireType(type, first.id(), tensor.shape(), source);
    }
    ExpertFormat rowMajor = ExpertFormat.of(type, hiddenSize, mlp.moeIntermediateSize());
    format = rowMajor.allows(tiling) ? rowMajor.with(tiling) : rowMajor;
  }

  private static void requireType(
      ElementType type, TensorId first, TensorShape shape, TensorSource source) {
    ElementType got = source.elementType(shape);
    if (got != type) {
      throw new ModelLoadException(
          "%s is %s, but all experts of a layer must have the type of %s, %s"
              .formatted(source.describe(shape.id()), got, source.describe(first), type));
    }
  }

  /// The matrices of each expert in the order in which a slice holds their parts, cut into slices.
  static List<CutTensor> tensors(
      int layer, int hiddenSize, MixtureOfExperts mlp, ElementType type) {
    int intermediateSize = mlp.moeIntermediateSize();
    int numSlices = ExpertFormat.of(type, hiddenSize, intermediateSize).numSlices();
    List<CutTensor> tensors = new ArrayList<>();
    for (int expert = 0; expert < mlp.numExperts(); expert++) {
      for (TensorRole role :
          List.of(TensorRole.GATE_PROJ, TensorRole.UP_PROJ, TensorRole.DOWN_PROJ)) {
        TensorShape shape = shape(new TensorId(role, layer, expert), hiddenSize, intermediateSize);
        tensors.add(
            new CutTensor(shape, role == TensorRole.DOWN_PROJ ? Cut.COLUMNS : Cut.ROWS, numSlices));
      }
    }
    return tensors;
  }

  private static TensorShape shape(TensorId id, int hiddenSize, int intermediateSize) {
    return id.role() == TensorRole.DOWN_PROJ
        ? new TensorShape(id, hiddenSize, intermediateSize)
        : new TensorShape(id, intermediateSize, hiddenSize);
  }

  private long strideBytes() {
    return Math.ceilDiv(format.expertSizeBytes(), ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  long sizeBytes() {
    return numExperts * strideBytes();
  }

  ExpertFormat format() {
    return format;
  }

  /// The bytes of each expert.
  List<MemoryView> views(HostMemory memory) {
    return IntStream.range(0, numExperts)
        .mapToObj(e -> memory.view().slice(e * strideBytes(), format.expertSizeBytes()))
        .toList();
  }

  /// Where the tensors go.
  List<WeightsFill.Target> targets(HostMemory memory) {
    List<WeightsFill.Target> targets = new ArrayList<>();
    List<MemoryView> experts = views(memory);
    int matrices = tensors.size() / numExperts;
    for (int i = 0; i < tensors.size(); i++) {
      MemoryView expert = experts.get(i / matrices);
      int matrix = i % matrices;
      List<MemoryView> blocks =
          IntStream.range(0, format.numSlices())
              .mapToObj(slice -> part(expert, slice, matrix))
              .toList();
      targets.add(new WeightsFill.Target(tensors.get(i), format.tiling(), blocks));
    }
    return targets;
  }

  private MemoryView part(MemoryView expert, int slice, int matrix) {
    return expert.slice(
        slice * format.sliceSizeBytes() + matrix * format.matrixSizeBytes(),
        format.matrixSizeBytes());
  }
}
