package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Residual;
import io.fiddler.constraint.json.DecimalRange.Magnitude;
import org.jspecify.annotations.Nullable;

/// A number without sign within a range. Before the point its digits are compared with as many of
/// each bound's; how the number itself compares shows with its last digit before the point.
///
/// @param range what it must be in
/// @param integer digits before the point so far
/// @param decimals digits after the point so far; -1 before the point
/// @param zero whether it begins with 0, after which no further digit may come before the point
/// @param low sign of its digits compared with those of the range's least number
/// @param high sign of its digits compared with those of the range's largest number
record DecimalDigits(Magnitude range, int integer, int decimals, boolean zero, int low, int high)
    implements Residual {
  private static final int BEFORE_POINT = -1;

  static DecimalDigits begin(Magnitude range) {
    return new DecimalDigits(range, 0, BEFORE_POINT, false, 0, 0);
  }

  @Override
  public @Nullable Residual next(int symbol) {
    if (symbol == '.') {
      return decimals == BEFORE_POINT && integer > 0 && range.decimals() > 0
          ? new DecimalDigits(range, integer, 0, zero, lowAtPoint(), highAtPoint()).orNull()
          : null;
    }
    if (symbol < '0' || symbol > '9') {
      return null;
    }
    return decimals == BEFORE_POINT ? integerDigit(symbol) : decimal(symbol);
  }

  private @Nullable Residual integerDigit(int digit) {
    if (zero || integer == range.highInteger()) {
      return null;
    }
    return new DecimalDigits(
            range,
            integer + 1,
            BEFORE_POINT,
            integer == 0 && digit == '0',
            compare(low, digit, range.low(), range.lowInteger(), integer),
            compare(high, digit, range.high(), range.highInteger(), integer))
        .orNull();
  }

  /// Digits compared so far and one more, at place `at`; more digits than the bound's are more.
  private static int compare(int before, int digit, String bound, int boundDigits, int at) {
    if (at >= boundDigits) {
      return 1;
    }
    return before != 0 ? before : Integer.signum(digit - bound.charAt(at));
  }

  private @Nullable Residual decimal(int digit) {
    if (decimals == range.decimals()) {
      return null;
    }
    int more = decimals + 1;
    return new DecimalDigits(
            range,
            integer,
            more,
            zero,
            low != 0
                ? low
                : Integer.signum(digit - range.low().charAt(range.lowInteger() + decimals)),
            high != 0
                ? high
                : Integer.signum(digit - range.high().charAt(range.highInteger() + decimals)))
        .orNull();
  }

  /// How a number of just these digits before the point compares with the bound's.
  private int lowAtPoint() {
    return integer < range.lowInteger() ? -1 : low;
  }

  private int highAtPoint() {
    return integer < range.highInteger() ? -1 : high;
  }

  /// This, if a number of the range can come of it.
  private @Nullable Residual orNull() {
    return isAlive() ? this : null;
  }

  private boolean isAlive() {
    if (decimals != BEFORE_POINT) {
      return low >= 0 && high <= 0;
    }
    // With no further digit, or with so many that there are as many as a bound has.
    if (lowAtPoint() >= 0 && highAtPoint() <= 0) {
      return true;
    }
    int longest = zero ? integer : range.highInteger();
    for (int length = integer + 1; length <= longest; length++) {
      boolean aboveLow = length > range.lowInteger() || (length == range.lowInteger() && low >= 0);
      boolean belowHigh = length < range.highInteger() || high <= 0;
      if (aboveLow && belowHigh) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean mayEnd() {
    if (integer == 0 || decimals == 0) {
      return false;
    }
    if (decimals == BEFORE_POINT) {
      return isAtLeastLow(lowAtPoint(), 0) && highAtPoint() <= 0;
    }
    return isAtLeastLow(low, decimals) && high <= 0;
  }

  /// Whether zeros from decimal `from` on keep it from falling below the least number.
  private boolean isAtLeastLow(int compared, int from) {
    if (compared != 0) {
      return compared > 0;
    }
    for (int i = range.lowInteger() + from; i < range.low().length(); i++) {
      if (range.low().charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean mayContinue() {
    for (int symbol = '.'; symbol <= '9'; symbol++) {
      if (next(symbol) != null) {
        return true;
      }
    }
    return false;
  }
}
