package io.fiddler.sampling.beam;

import io.fiddler.sampling.SampledToken;
import java.util.List;

/// A continuation that a beam search has found.
///
/// @param tokens without the stop token, if one ended it
/// @param score sum of the log-probabilities of its tokens, the stop token's included, divided by
///   their number to the power of the length penalty
/// @param stopped whether a stop token ended it; else it is as long as allowed
public record BeamHypothesis(List<SampledToken> tokens, double score, boolean stopped) {
  public BeamHypothesis {
    tokens = List.copyOf(tokens);
  }
}
