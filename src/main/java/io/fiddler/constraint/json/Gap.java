package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Ended;
import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// Whitespace between the tokens of JSON, as a pretty printer writes it: nothing, one space, or one
/// line break and an indentation. RFC 8259 sets no bound, and a model that has nothing to say would
/// write blanks for ever.
enum Gap {
  ;

  /// Spaces or tabs after a line break: eight levels of four.
  static final int MAX_INDENTATION = 32;

  /// After a colon: nothing or one space.
  record Space() implements Residual {
    @Override
    public @Nullable Residual next(int symbol) {
      return symbol == ' ' ? Ended.ENDED : null;
    }

    @Override
    public boolean mayEnd() {
      return true;
    }
  }

  /// Everywhere else.
  record Break() implements Residual {
    @Override
    public @Nullable Residual next(int symbol) {
      return symbol == ' ' ? Ended.ENDED : symbol == '\n' ? new Indentation(0) : null;
    }

    @Override
    public boolean mayEnd() {
      return true;
    }
  }

  private record Indentation(int width) implements Residual {
    @Override
    public @Nullable Residual next(int symbol) {
      return (symbol == ' ' || symbol == '\t') && width < MAX_INDENTATION
          ? new Indentation(width + 1)
          : null;
    }

    @Override
    public boolean mayEnd() {
      return true;
    }

    @Override
    public boolean mayContinue() {
      return width < MAX_INDENTATION;
    }
  }
}
