package io.fiddler.constraint.expression;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/// One text, of which `from` bytes were read.
///
/// @param bytes its UTF-8, a character a byte
/// @param from bytes read already
public record Literal(String bytes, int from) implements Residual {
  /// A text in full.
  ///
  /// @param text not empty
  public static Literal of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a literal must not be empty");
    }
    return new Literal(new String(text.getBytes(UTF_8), ISO_8859_1), 0);
  }

  @Override
  public @Nullable Residual next(int symbol) {
    return from < bytes.length() && bytes.charAt(from) == symbol
        ? new Literal(bytes, from + 1)
        : null;
  }

  @Override
  public boolean mayEnd() {
    return from == bytes.length();
  }

  @Override
  public boolean mayContinue() {
    return from < bytes.length();
  }
}
