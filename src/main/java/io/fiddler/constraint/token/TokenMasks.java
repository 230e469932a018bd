package io.fiddler.constraint.token;

import io.fiddler.constraint.expression.SpecialToken;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which tokens may come in a state: one bit a token. The latest are kept, for all requests. Not
/// thread-safe.
final class TokenMasks {
  private static final int MAX_MASKS = 1_024;

  private final TokenVocabulary vocabulary;
  private final States states = new States(this::forget);
  private final Map<Key, long[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final State[] path;
  private long computed;

  /// @param first whether the token begins its text
  private record Key(State state, boolean first) {}

  TokenMasks(TokenVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.path = new State[vocabulary.trie().maxDepth() + 1];
  }

  States states() {
    return states;
  }

  /// Masks computed so far.
  long computed() {
    return computed;
  }

  private void forget() {
    kept.clear();
  }

  /// The tokens that may follow, `[ceil(size / 64)]`. Not to be changed.
  ///
  /// @param first whether they begin their text: a space that the detokeniser drops is no part of
  ///   it
  ///
  /// @throws io.fiddler.constraint.AmbiguousGrammarException if finding them costs too much
  long[] after(State state, boolean first) {
    states.effort().begin();
    State shared = states.within(vocabulary.trie().maxDepth(), state);
    Key key = new Key(shared, first && vocabulary.dropsFirstSpace());
    long[] mask = kept.get(key);
    if (mask == null) {
      mask = compute(key);
      kept.put(key, mask);
      if (kept.size() > MAX_MASKS) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return mask;
  }

  private long[] compute(Key key) {
    computed++;
    long[] mask = new long[(vocabulary.size() + Long.SIZE - 1) / Long.SIZE];
    TokenTrie trie = vocabulary.trie();
    for (int node = 1; node < trie.nodes(); node = trie.end(node)) {
      if (key.first() && trie.label(node) == ' ') {
        path[1] = key.state();
        walk(node + 1, trie.end(node), mask);
      } else {
        path[0] = key.state();
        walk(node, trie.end(node), mask);
      }
    }
    addSpecialTokens(key.state(), mask);
    return mask;
  }

  /// Walks the nodes `[from, to)`, siblings and all below them; the state before them is in `path`.
  private void walk(int from, int to, long[] mask) {
    TokenTrie trie = vocabulary.trie();
    int node = from;
    while (node < to) {
      int depth = trie.depth(node);
      State before = path[depth - 1];
      int end = trie.end(node);
      if (trie.isAllPlain(node) && before.loopsOnPlainText(states)) {
        trie.addTokens(node, end, mask);
        node = end;
        continue;
      }
      State after = before.next(trie.label(node), states);
      if (after.isDead()) {
        node = end;
      } else {
        path[depth] = after;
        trie.addTokens(node, node + 1, mask);
        node++;
      }
    }
  }

  private void addSpecialTokens(State state, long[] mask) {
    for (Reading reading : state.readings()) {
      if (reading.residual() instanceof SpecialToken(int id) && id < vocabulary.size()) {
        mask[id >>> 6] |= 1L << id;
      }
    }
  }
}
