package io.fiddler.constraint.schema;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Numbers of a schema, which may be written larger or finer than anybody can compute with.
final class Numbers {
  /// Decimals that a double cannot have.
  private static final int MAX_SCALE = 400;

  private Numbers() {}

  /// A number of at most 1e18 to either side; null for everything else.
  static @Nullable BigDecimal moderate(@Nullable JsonNode value) {
    return value != null && isFinite(value) && Math.abs(value.asDouble()) <= 1e18
        ? value.decimalValue()
        : null;
  }

  /// Whether a value is a number without a fraction.
  static boolean isInteger(@Nullable JsonNode value) {
    return value != null
        && isFinite(value)
        && value.decimalValue().stripTrailingZeros().scale() <= 0;
  }

  /// Whether all numbers in a value can be written.
  static boolean areFinite(JsonNode value) {
    if (value.isContainer()) {
      for (JsonNode child : value) {
        if (!areFinite(child)) {
          return false;
        }
      }
      return true;
    }
    return !value.isNumber() || isFinite(value);
  }

  private static boolean isFinite(JsonNode value) {
    return value.isNumber()
        && Double.isFinite(value.asDouble(Double.NaN))
        && (value.isIntegralNumber() || value.decimalValue().scale() <= MAX_SCALE);
  }
}
