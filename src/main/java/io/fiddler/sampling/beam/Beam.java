package io.fiddler.sampling.beam;

import io.fiddler.sampling.SampledToken;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tokens generated along one way. Beams that part share what they have in common.
public final class Beam {
  private final @Nullable Beam parent;
  private final @Nullable SampledToken token;
  private final int length;
  private final double logprob;

  private Beam(@Nullable Beam parent, @Nullable SampledToken token, int length, double logprob) {
    this.parent = parent;
    this.token = token;
    this.length = length;
    this.logprob = logprob;
  }

  /// Nothing generated.
  static Beam empty() {
    return new Beam(null, null, 0, 0);
  }

  /// This one and a further token.
  ///
  /// @param next the token
  /// @param sum of the log-probabilities of all tokens, `next` included
  Beam with(SampledToken next, double sum) {
    return new Beam(this, next, length + 1, sum);
  }

  /// Number of tokens.
  public int length() {
    return length;
  }

  /// Sum of the tokens' log-probabilities.
  public double logprob() {
    return logprob;
  }

  /// The tokens, in order.
  public List<SampledToken> tokens() {
    List<SampledToken> tokens = new ArrayList<>(length);
    for (Beam beam = this; beam != null && beam.token != null; beam = beam.parent) {
      tokens.add(beam.token);
    }
    Collections.reverse(tokens);
    return tokens;
  }

  /// The last token.
  ///
  /// @throws IllegalStateException if there is none
  public SampledToken last() {
    if (token == null) {
      throw new IllegalStateException("nothing was generated yet");
    }
    return token;
  }
}
