package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.SpecialToken;
import io.fiddler.sampling.TokenConstraint;
import java.util.BitSet;

/// A text of a grammar, token by token.
final class GrammarConstraint implements TokenConstraint {
  private final TokenVocabulary vocabulary;
  private final TokenMasks masks;
  private final BitSet endTokens;
  private final long[] endMask;
  private State state;
  private boolean first = true;
  private boolean ended;

  GrammarConstraint(TokenVocabulary vocabulary, TokenMasks masks, State start, BitSet endTokens) {
    this.vocabulary = vocabulary;
    this.masks = masks;
    this.endTokens = endTokens;
    this.endMask = endTokens.toLongArray();
    this.state = start;
  }

  @Override
  public void restrict(float[] logits, int offset, int length) {
    long[] mask;
    synchronized (masks) {
      mask = masks.after(state, first);
    }
    for (int word = 0; word * Long.SIZE < length; word++) {
      long ends = word < endMask.length ? endMask[word] : 0;
      long allowed = (word < mask.length ? mask[word] : 0) & ~ends;
      allowed |= state.isComplete() ? ends : 0;
      exclude(~allowed, logits, offset + word * Long.SIZE, offset + length);
    }
  }

  private static void exclude(long tokens, float[] logits, int from, int end) {
    for (long left = tokens; left != 0; left &= left - 1) {
      int i = from + Long.numberOfTrailingZeros(left);
      if (i >= end) {
        return;
      }
      logits[i] = Float.NEGATIVE_INFINITY;
    }
  }

  @Override
  public void accept(int tokenId) {
    if (endTokens.get(tokenId)) {
      ended = true;
      return;
    }
    synchronized (masks) {
      masks.states().effort().begin();
      State next = after(tokenId);
      if (next.isDead()) {
        throw new IllegalStateException(
            "token %d does not continue the constrained text".formatted(tokenId));
      }
      state = next;
    }
    first = false;
  }

  private State after(int tokenId) {
    byte[] bytes = tokenId < vocabulary.size() ? vocabulary.bytes(tokenId) : new byte[0];
    if (bytes.length == 0) {
      return state.next(SpecialToken.FIRST_SYMBOL + tokenId, masks.states());
    }
    State next = state;
    for (int i = first && vocabulary.dropsFirstSpace() && bytes[0] == ' ' ? 1 : 0;
        i < bytes.length;
        i++) {
      next = next.next(Byte.toUnsignedInt(bytes[i]), masks.states());
    }
    return next;
  }

  @Override
  public boolean isFinished() {
    return ended || state.isFinal();
  }
}
