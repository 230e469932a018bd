package io.fiddler.placement.simulation;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertTrace;
import java.util.stream.IntStream;

/// What a simulation needs to know of a model.
///
/// @param grid its experts
/// @param topK experts a token and layer
/// @param expertBytes bytes of one expert
/// @param numSlices slices an expert can be split into
public record SimulatedModel(ExpertGrid grid, int topK, long expertBytes, int numSlices) {
  /// Dense indices are kept as chars.
  private static final int MOST_EXPERTS = Character.MAX_VALUE + 1;

  public SimulatedModel {
    if (topK < 1 || expertBytes < 1 || numSlices < 1 || grid.size() < 1) {
      throw new IllegalArgumentException(
          "a simulated model needs experts, and at least 1 of a token, 1 byte and 1 slice of an expert, got %d experts, %d, %d and %d"
              .formatted(grid.size(), topK, expertBytes, numSlices));
    }
    if (grid.size() > MOST_EXPERTS) {
      throw new IllegalArgumentException(
          "at most %d experts can be simulated, got %d".formatted(MOST_EXPERTS, grid.size()));
    }
  }

  /// The layers that have experts, in order.
  int[] layers() {
    return IntStream.range(0, grid.numLayers())
        .filter(layer -> grid.numExperts(layer) > 0)
        .toArray();
  }

  /// Most experts of a layer.
  int mostExperts() {
    return IntStream.range(0, grid.numLayers()).map(grid::numExperts).max().orElseThrow();
  }

  /// @throws IllegalArgumentException if the trace is of another model
  void requireOfThis(ExpertTrace trace) {
    int layers = layers().length;
    if (trace.numLayers() != layers || trace.topK() != topK) {
      throw new IllegalArgumentException(
          "traces must be of %d layers with experts and %d experts a token, got %d and %d"
              .formatted(layers, topK, trace.numLayers(), trace.topK()));
    }
  }
}
