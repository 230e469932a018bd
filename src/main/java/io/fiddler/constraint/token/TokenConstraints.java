package io.fiddler.constraint.token;

import io.fiddler.constraint.Grammar;
import io.fiddler.sampling.TokenConstraint;
import java.util.BitSet;
import java.util.Set;
import java.util.function.Supplier;

/// Lays grammars over a model's vocabulary. Keeps what it found out about the states of all
/// grammars, so there is one for each tokenizer. Thread-safe.
public final class TokenConstraints {
  private final TokenVocabulary vocabulary;
  private final TokenMasks masks;

  public TokenConstraints(TokenVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.masks = new TokenMasks(vocabulary);
  }

  /// Makes constraints that hold one generation each to `grammar`.
  ///
  /// @param endTokens tokens that end a generation: allowed where the text is whole, and nowhere
  ///   else
  /// @throws io.fiddler.constraint.AmbiguousGrammarException if its beginning shows already that a
  ///   text can be read in too many ways; the constraints may find out later
  public Supplier<TokenConstraint> of(Grammar grammar, Set<Integer> endTokens) {
    BitSet ends = new BitSet();
    endTokens.forEach(ends::set);
    synchronized (masks) {
      // Kept for the first token, which is then found without delay.
      masks.after(start(grammar), true);
    }
    return () -> {
      synchronized (masks) {
        return new GrammarConstraint(vocabulary, masks, start(grammar), ends);
      }
    };
  }

  private State start(Grammar grammar) {
    masks.states().effort().begin();
    return masks.states().start(new Todo(grammar.expression(), grammar.maxDepth(), null));
  }
}
