package io.fiddler.engine;

import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.TokenConstraint;
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

  /// Unrestricted sampling.
  static Decoding sampled(SamplingParameters parameters) {
    return new Sampled(parameters, null);
  }
}
