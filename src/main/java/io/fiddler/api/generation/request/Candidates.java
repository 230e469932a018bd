package io.fiddler.api.generation.request;

import io.fiddler.sampling.beam.BeamParameters;
import org.jspecify.annotations.Nullable;

/// How many texts are made of each prompt, and how many of them are answered.
///
/// @param n choices a prompt: the best texts
/// @param bestOf texts that are sampled, or beams that are searched with; at least `n`
/// @param beams how to search; null to sample
public record Candidates(int n, int bestOf, @Nullable BeamParameters beams) {
  public Candidates {
    if (n < 1 || bestOf < n) {
      throw new IllegalArgumentException(
          "n must be at least 1 and bestOf at least n, got %d and %d".formatted(n, bestOf));
    }
  }

  /// As many samples as choices.
  public static Candidates sampled(int n) {
    return new Candidates(n, n, null);
  }

  /// Generations a prompt: a beam search is one.
  public int generations() {
    return beams == null ? bestOf : 1;
  }

  /// Texts a prompt that the engine tells of.
  public int texts() {
    return beams == null ? bestOf : n;
  }

  /// Whether the best of these are to be found out: what a search tells is in order already.
  public boolean ranked() {
    return texts() > n;
  }
}
