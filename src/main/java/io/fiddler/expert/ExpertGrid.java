package io.fiddler.expert;

import java.util.List;
import java.util.Objects;

/// The experts a model has: how many in each layer (0 where a layer is dense), and a dense index
/// over all of them.
public final class ExpertGrid {
  private final int[] expertsOfLayer;
  private final int[] firstOfLayer;

  /// A grid from the number of experts of each layer.
  public ExpertGrid(List<Integer> expertsOfLayer) {
    this.expertsOfLayer = expertsOfLayer.stream().mapToInt(Integer::intValue).toArray();
    this.firstOfLayer = new int[this.expertsOfLayer.length + 1];
    for (int layer = 0; layer < this.expertsOfLayer.length; layer++) {
      if (this.expertsOfLayer[layer] < 0) {
        throw new IllegalArgumentException(
            "a layer must have at least 0 experts, got %d in layer %d"
                .formatted(this.expertsOfLayer[layer], layer));
      }
      firstOfLayer[layer + 1] = firstOfLayer[layer] + this.expertsOfLayer[layer];
    }
  }

  /// Number of layers.
  public int numLayers() {
    return expertsOfLayer.length;
  }

  /// Experts in `layer`.
  public int numExperts(int layer) {
    return expertsOfLayer[layer];
  }

  /// Experts in all layers.
  public int size() {
    return firstOfLayer[expertsOfLayer.length];
  }

  /// Dense index of an expert in `[0, size())`, layer by layer.
  public int indexOf(int layer, int expert) {
    if (layer < 0 || layer >= expertsOfLayer.length) {
      throw new IndexOutOfBoundsException(
          "layer must be in [0, %d), got %d".formatted(expertsOfLayer.length, layer));
    }
    if (expert < 0 || expert >= expertsOfLayer[layer]) {
      throw new IndexOutOfBoundsException(
          "expert must be in [0, %d) in layer %d, got %d"
              .formatted(expertsOfLayer[layer], layer, expert));
    }
    return firstOfLayer[layer] + expert;
  }

  /// Dense index of an expert.
  public int indexOf(ExpertId id) {
    return indexOf(id.layer(), id.expert());
  }

  /// The expert at a dense index.
  public ExpertId at(int index) {
    Objects.checkIndex(index, size());
    int layer = 0;
    while (index >= firstOfLayer[layer + 1]) {
      layer++;
    }
    return new ExpertId(layer, index - firstOfLayer[layer]);
  }
}
