package io.fiddler.constraint.expression;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One of many texts, which share their beginnings: a trie.
public final class OneOf implements Residual {
  private final Map<Integer, OneOf> longer = new HashMap<>();
  private boolean ends;

  private OneOf() {}

  /// One of these texts.
  ///
  /// @param texts at least one, none empty
  public static Residual of(Collection<String> texts) {
    OneOf root = new OneOf();
    for (String text : texts) {
      OneOf node = root;
      for (byte b : text.getBytes(UTF_8)) {
        node = node.longer.computeIfAbsent(Byte.toUnsignedInt(b), _ -> new OneOf());
      }
      node.ends = true;
    }
    if (root.ends || root.longer.isEmpty()) {
      throw new IllegalArgumentException("a choice of texts needs one, and none that is empty");
    }
    return root;
  }

  @Override
  public @Nullable Residual next(int symbol) {
    return longer.get(symbol);
  }

  @Override
  public boolean mayEnd() {
    return ends;
  }

  @Override
  public boolean mayContinue() {
    return !longer.isEmpty();
  }
}
