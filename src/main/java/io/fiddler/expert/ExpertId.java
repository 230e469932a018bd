package io.fiddler.expert;

/// One expert of a model.
///
/// @param layer zero-based decoder layer
/// @param expert zero-based index in the layer
public record ExpertId(int layer, int expert) implements Comparable<ExpertId> {
  @Override
  public int compareTo(ExpertId other) {
    int byLayer = Integer.compare(layer, other.layer);
    return byLayer != 0 ? byLayer : Integer.compare(expert, other.expert);
  }

  @Override
  public String toString() {
    return layer + "." + expert;
  }
}
