package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Ended;
import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// A JSON string from its first quotation mark to its last: UTF-8, escapes, and escaped surrogates
/// in pairs only.
///
/// @param content what its text must be
public record JsonString(Content content) implements Residual {
  /// Any string.
  static final JsonString ANY = new JsonString(AnyText.OPEN_ENDED);

  @Override
  public @Nullable Residual next(int symbol) {
    return symbol == '"' ? new Body(content) : null;
  }

  /// Between two characters; null for no content at all.
  static @Nullable Residual body(@Nullable Content content) {
    return content == null ? null : new Body(content);
  }

  private record Body(Content content) implements Residual {
    @Override
    public @Nullable Residual next(int symbol) {
      if (symbol == '"') {
        return content.mayEnd() ? Ended.ENDED : null;
      }
      if (symbol == '\\') {
        return StringEscape.begin(content);
      }
      if (symbol >= 0x80) {
        return Utf8Character.begin(content, symbol);
      }
      return symbol < ' ' ? null : body(content.next(symbol));
    }

    @Override
    public Residual within(int bytes) {
      return new Body(content.within(bytes));
    }
  }
}
