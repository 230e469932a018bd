package io.fiddler.engine;

import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.TokenConstraint;
import io.fiddler.sampling.beam.BeamParameters;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How the tokens of a generation are chosen.
public sealed interface Decoding {
  /// One token after the other.
  ///
  /// @param parameters how
  /// @param constraint makes what restricts this generation's tokens; null if nothing does
  record Sampled(SamplingParameters parameters, @Nullable Supplier<TokenConstraint> constraint)
      implements Decoding {}

  /// Several continuations at a time, of which the best are told at the end: see {@link
  /// io.fiddler.sampling.beam.BeamSearch}. Needs `maxTokens` of at least one.
  ///
  /// @param parameters how
  record Beams(BeamParameters parameters) implements Decoding {}

  /// Unrestricted sampling.
  static Decoding sampled(SamplingParameters parameters) {
    return new Sampled(parameters, null);
  }
}
