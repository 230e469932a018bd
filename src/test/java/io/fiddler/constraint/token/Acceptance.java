package io.fiddler.constraint.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.constraint.Grammar;

/// Reads texts by a grammar, byte by byte.
public final class Acceptance {
  private Acceptance() {}

  /// Whether `text` is of the grammar, as a whole.
  public static boolean accepts(Grammar grammar, String text) {
    return accepts(grammar, text.getBytes(UTF_8));
  }

  /// Whether these bytes are a text of the grammar.
  public static boolean accepts(Grammar grammar, byte[] bytes) {
    States states = new States(() -> {});
    State state = states.start(new Todo(grammar.expression(), grammar.maxDepth(), null));
    for (byte b : bytes) {
      state = state.next(Byte.toUnsignedInt(b), states);
    }
    return state.isComplete();
  }
}
