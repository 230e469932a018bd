package io.fiddler.model;

import java.util.List;

/// A rotary position embedding, whatever its scaling, reduced to what a kernel needs ([arXiv
/// 2104.09864](https://arxiv.org/abs/2104.09864)): the angle of dimension pair `i` at position `p`
/// is `p * inverseFrequencies[i]`; pairs are `(i, i + headDim / 2)` as in Hugging Face.
///
/// @param inverseFrequencies one for each of the `headDim / 2` pairs
/// @param attentionScaling factor on cosine and sine; 1 unless the scaling type asks for another
public record RopeConfig(List<Float> inverseFrequencies, float attentionScaling) {
  public RopeConfig {
    inverseFrequencies = List.copyOf(inverseFrequencies);
  }
}
