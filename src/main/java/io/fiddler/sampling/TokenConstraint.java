package io.fiddler.sampling;

/// Which tokens may come next in one sequence, such as those that continue a text of a grammar.
/// Used from one thread at a time.
public interface TokenConstraint {
  /// Sets the logits of tokens that may not come next to -Infinity; leaves at least one.
  ///
  /// @param logits holds the row's logits from `offset`
  /// @param offset where the row begins
  /// @param length number of logits
  void restrict(float[] logits, int offset, int length);

  /// A token was chosen.
  void accept(int tokenId);

  /// Whether nothing may follow what was chosen: the generation ends here.
  boolean isFinished();
}
