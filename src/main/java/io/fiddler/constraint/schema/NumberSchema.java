package io.fiddler.constraint.schema;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.json.DecimalRange;
import io.fiddler.constraint.json.JsonSyntax;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Numbers: `minimum`, `maximum` and their exclusive kinds.
final class NumberSchema {
  private NumberSchema() {}

  /// One end of a range.
  ///
  /// @param included whether the value itself belongs to it
  private record Bound(BigDecimal value, boolean included) {}

  static Expression compile(Place place, boolean integers) {
    Bound low = tighter(place, "minimum", "exclusiveMinimum", 1);
    Bound high = tighter(place, "maximum", "exclusiveMaximum", -1);
    if (!integers && low == null && high == null) {
      return JsonSyntax.NUMBER;
    }
    DecimalRange range =
        integers
            ? DecimalRange.integers(inside(low, 1), inside(high, -1))
            : DecimalRange.numbers(
                low == null ? null : low.value,
                low == null || low.included,
                high == null ? null : high.value,
                high == null || high.included);
    if (range == null) {
      throw place.wrongHere(
          "minimum and maximum must leave %s between them"
              .formatted(integers ? "an integer" : "a number of at most 6 decimals"),
          Place.shown(place.schema()));
    }
    return JsonSyntax.terminal(range);
  }

  /// The bound that excludes more, of the two kinds.
  ///
  /// @param sign 1 where the larger one does, -1 where the smaller
  private static @Nullable Bound tighter(
      Place place, String inclusive, String exclusive, int sign) {
    BigDecimal with = number(place, inclusive);
    BigDecimal without = number(place, exclusive);
    if (without == null) {
      return with == null ? null : new Bound(with, true);
    }
    return with != null && sign * with.subtract(without).signum() > 0
        ? new Bound(with, true)
        : new Bound(without, false);
  }

  private static @Nullable BigDecimal number(Place place, String keyword) {
    JsonNode value = place.get(keyword);
    if (value == null) {
      return null;
    }
    BigDecimal number = Numbers.moderate(value);
    if (number == null) {
      throw place.wrong(keyword, "must be a number in [-1e18, 1e18]");
    }
    return number;
  }

  /// The integer next to an exclusive bound that is an integer.
  private static @Nullable BigDecimal inside(@Nullable Bound bound, int step) {
    if (bound == null) {
      return null;
    }
    boolean isInteger = bound.value.stripTrailingZeros().scale() <= 0;
    return bound.included || !isInteger ? bound.value : bound.value.add(BigDecimal.valueOf(step));
  }
}
