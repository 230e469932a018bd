package io.fiddler.model.load;

import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import io.fiddler.tensor.AmxTiles;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryView;
import io.fiddler.tensor.ParallelTasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// The experts of one layer, slice-major, in one block of memory.
final class LayerExperts {
  /// A page: the driver of a device registers whole pages.
  private static final long ALIGNMENT_BYTES = 4096;

  private final int layer;
  private final int numExperts;

  /// How they are read.
  private final ExpertFormat rowMajor;

  /// How they end up.
  private final ExpertFormat format;

  /// Plans the block; allocates nothing.
  LayerExperts(
      int layer, int hiddenSize, MixtureOfExperts mlp, TensorSource source, Tiling tiling) {
    this.layer = layer;
    numExperts = mlp.numExperts();
    int intermediateSize = mlp.moeIntermediateSize();
    TensorShape first = shape(TensorRole.GATE_PROJ, 0, hiddenSize, intermediateSize);
    ElementType type = source.elementType(first);
    for (int expert = 0; expert < numExperts; expert++) {
      for (TensorRole role :
          List.of(TensorRole.GATE_PROJ, TensorRole.UP_PROJ, TensorRole.DOWN_PROJ)) {
        TensorShape shape = shape(role, expert, hiddenSize, intermediateSize);
        requireType(type, first.id(), shape, source);
      }
    }
    rowMajor = ExpertFormat.of(type, hiddenSize, intermediateSize);
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

  private TensorShape shape(TensorRole role, int expert, int hiddenSize, int intermediateSize) {
    boolean down = role == TensorRole.DOWN_PROJ;
    return new TensorShape(
        new TensorId(role, layer, expert),
        down ? hiddenSize : intermediateSize,
        down ? intermediateSize : hiddenSize);
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

  /// Brings the experts, which have been read, into their format, on several threads.
  void layOut(HostMemory memory, int numThreads) {
    if (format.tiling() != Tiling.AMX_TILES) {
      return;
    }
    List<MemoryView> experts = views(memory);
    AmxTiles[] ofWorker = new AmxTiles[numThreads];
    Arrays.setAll(ofWorker, _ -> new AmxTiles(format));
    int numSlices = format.numSlices();
    ParallelTasks.run(
        numThreads,
        numExperts * numSlices,
        (worker, i) ->
            ofWorker[worker].pack(format.slices(experts.get(i / numSlices), i % numSlices, 1)));
  }

  /// Where the tensors go at first: row-major.
  List<TensorSource.Target> targets(HostMemory memory) {
    List<TensorSource.Target> targets = new ArrayList<>();
    List<MemoryView> experts = views(memory);
    for (int expert = 0; expert < numExperts; expert++) {
      MemoryView bytes = experts.get(expert);
      targets.add(target(TensorRole.GATE_PROJ, expert, bytes, rowMajor::gate));
      targets.add(target(TensorRole.UP_PROJ, expert, bytes, rowMajor::up));
      targets.add(target(TensorRole.DOWN_PROJ, expert, bytes, rowMajor::down));
    }
    return targets;
  }

  private TensorSource.Target target(
      TensorRole role, int expert, MemoryView bytes, BiFunction<MemoryView, Integer, Matrix> part) {
    List<MemoryView> blocks =
        IntStream.range(0, format.numSlices())
            .mapToObj(slice -> part.apply(bytes, slice).memory())
            .toList();
    return new TensorSource.Target(
        shape(role, expert, format.hiddenSize(), format.intermediateSize()),
        role == TensorRole.DOWN_PROJ ? TensorSource.Cut.COLUMNS : TensorSource.Cut.ROWS,
        blocks);
  }
}
