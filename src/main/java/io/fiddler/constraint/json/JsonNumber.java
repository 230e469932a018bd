package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// Any JSON number that every reader can hold: up to 18 digits, 17 decimals and an exponent of two
/// digits.
///
/// @param part where in the number
/// @param digits of that part so far
record JsonNumber(Part part, int digits) implements Residual {
  static final JsonNumber ANY = new JsonNumber(Part.START, 0);

  /// Where a number stands after a byte.
  enum Part {
    START(0),
    MINUS(0),
    ZERO(0),
    INTEGER(18),
    POINT(0),
    FRACTION(17),
    EXPONENT_LETTER(0),
    EXPONENT_SIGN(0),
    EXPONENT(2);

    private final int maxDigits;

    Part(int maxDigits) {
      this.maxDigits = maxDigits;
    }
  }

  @Override
  public @Nullable Residual next(int symbol) {
    if (symbol >= '0' && symbol <= '9') {
      return digit(symbol);
    }
    return switch (symbol) {
      case '-' ->
          part == Part.START
              ? new JsonNumber(Part.MINUS, 0)
              : part == Part.EXPONENT_LETTER ? new JsonNumber(Part.EXPONENT_SIGN, 0) : null;
      case '+' -> part == Part.EXPONENT_LETTER ? new JsonNumber(Part.EXPONENT_SIGN, 0) : null;
      case '.' -> part == Part.ZERO || part == Part.INTEGER ? new JsonNumber(Part.POINT, 0) : null;
      case 'e', 'E' ->
          mayEnd() && part != Part.EXPONENT ? new JsonNumber(Part.EXPONENT_LETTER, 0) : null;
      default -> null;
    };
  }

  private @Nullable Residual digit(int symbol) {
    return switch (part) {
      case START, MINUS -> new JsonNumber(symbol == '0' ? Part.ZERO : Part.INTEGER, 1);
      case ZERO -> null;
      case POINT -> new JsonNumber(Part.FRACTION, 1);
      case EXPONENT_LETTER, EXPONENT_SIGN -> new JsonNumber(Part.EXPONENT, 1);
      case INTEGER, FRACTION, EXPONENT ->
          digits < part.maxDigits ? new JsonNumber(part, digits + 1) : null;
    };
  }

  @Override
  public boolean mayEnd() {
    return switch (part) {
      case ZERO, INTEGER, FRACTION, EXPONENT -> true;
      default -> false;
    };
  }

  @Override
  public boolean mayContinue() {
    return part != Part.EXPONENT || digits < part.maxDigits;
  }
}
