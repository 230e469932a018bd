package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Residual;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// Decimal numbers of a range, digit by digit, without an exponent. Below zero and from zero on are
/// two ranges of magnitudes.
///
/// @param positive null if no number of the range is >= 0
/// @param negative of the numbers below 0; null if there is none
public record DecimalRange(@Nullable Magnitude positive, @Nullable Magnitude negative)
    implements Residual {
  /// Digits that a number without decimals may have: what fits 64 bits.
  public static final int INTEGER_DIGITS = 18;

  /// Digits before and after the point: what a double holds exactly enough to keep its place.
  private static final int NUMBER_DIGITS = 9;

  private static final int DECIMALS = 6;

  /// Integers of a range.
  ///
  /// @param low least; null for no limit
  /// @param high largest; null for no limit
  /// @return null if there is none
  public static @Nullable DecimalRange integers(
      @Nullable BigDecimal low, @Nullable BigDecimal high) {
    BigDecimal limit = BigDecimal.TEN.pow(INTEGER_DIGITS).subtract(BigDecimal.ONE);
    return of(
        round(low, limit.negate(), RoundingMode.CEILING),
        round(high, limit, RoundingMode.FLOOR),
        0);
  }

  /// Numbers of a range with up to 6 decimals and, but for bounds that are larger, 9 digits before
  /// the point.
  ///
  /// @param low a bound; null for none
  /// @param lowIncluded whether `low` itself is of the range
  /// @param high a bound; null for none
  /// @param highIncluded whether `high` itself is of the range
  /// @return null if there is none
  public static @Nullable DecimalRange numbers(
      @Nullable BigDecimal low,
      boolean lowIncluded,
      @Nullable BigDecimal high,
      boolean highIncluded) {
    BigDecimal step = BigDecimal.ONE.movePointLeft(DECIMALS);
    BigDecimal limit = BigDecimal.TEN.pow(NUMBER_DIGITS);
    BigDecimal least = low == null ? limit.negate() : low.setScale(DECIMALS, RoundingMode.CEILING);
    BigDecimal most = high == null ? limit : high.setScale(DECIMALS, RoundingMode.FLOOR);
    if (low != null && !lowIncluded && least.compareTo(low) == 0) {
      least = least.add(step);
    }
    if (high != null && !highIncluded && most.compareTo(high) == 0) {
      most = most.subtract(step);
    }
    return of(
        low == null ? least.min(most.subtract(limit)) : least,
        high == null ? most.max(least.add(limit)) : most,
        DECIMALS);
  }

  private static BigDecimal round(
      @Nullable BigDecimal bound, BigDecimal absent, RoundingMode towardsInside) {
    return bound == null ? absent : bound.setScale(0, towardsInside);
  }

  private static @Nullable DecimalRange of(BigDecimal low, BigDecimal high, int decimals) {
    if (low.compareTo(high) > 0) {
      return null;
    }
    BigDecimal step = BigDecimal.ONE.movePointLeft(decimals);
    Magnitude positive =
        high.signum() < 0 ? null : Magnitude.of(low.max(BigDecimal.ZERO), high, decimals);
    // Never minus zero.
    Magnitude negative =
        low.signum() >= 0 || high.negate().max(step).compareTo(low.negate()) > 0
            ? null
            : Magnitude.of(high.negate().max(step), low.negate(), decimals);
    return new DecimalRange(positive, negative);
  }

  @Override
  public @Nullable Residual next(int symbol) {
    if (symbol == '-') {
      return negative == null ? null : DecimalDigits.begin(negative);
    }
    return positive == null ? null : DecimalDigits.begin(positive).next(symbol);
  }

  /// Numbers from `low` to `high`, neither below 0, both with the same number of decimals.
  ///
  /// @param low digits before and after the point, the former without leading zeros but for one
  /// @param lowInteger digits of `low` before the point
  /// @param high likewise
  /// @param highInteger digits of `high` before the point
  /// @param decimals digits after the point that a number may have
  record Magnitude(String low, int lowInteger, String high, int highInteger, int decimals) {
    static Magnitude of(BigDecimal low, BigDecimal high, int decimals) {
      String lowDigits = low.setScale(decimals, RoundingMode.UNNECESSARY).toPlainString();
      String highDigits = high.setScale(decimals, RoundingMode.UNNECESSARY).toPlainString();
      return new Magnitude(
          lowDigits.replace(".", ""),
          integer(lowDigits),
          highDigits.replace(".", ""),
          integer(highDigits),
          decimals);
    }

    private static int integer(String digits) {
      int point = digits.indexOf('.');
      return point < 0 ? digits.length() : point;
    }
  }
}
