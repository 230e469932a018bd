package io.fiddler.model;

import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryView;
import java.util.List;

/// Weights of a mixture of experts.
///
/// @param router `[numExperts, hiddenSize]`
/// @param format how each expert's bytes lie
/// @param experts the bytes of each expert, in order of their index
public record MixtureOfExpertsWeights(Matrix router, ExpertFormat format, List<MemoryView> experts)
    implements MlpWeights {
  public MixtureOfExpertsWeights {
    experts = List.copyOf(experts);
  }
}
