package io.fiddler.ops;

import io.fiddler.learning.simulation.WhatIf;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a what-if question from request parameters.
final class SimulationQuery {
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");

  /// As in the settings, `GB` is `GiB`.
  private static final Map<String, Integer> SHIFTS =
      Map.of("", 0, "b", 0, "kib", 10, "kb", 10, "mib", 20, "mb", 20, "gib", 30, "gb", 30);

  private SimulationQuery() {}

  /// What is left out is as it is now.
  ///
  /// @throws IllegalArgumentException with a sentence on the first bad parameter
  static WhatIf parse(
      @Nullable String memory,
      @Nullable String experts,
      @Nullable String policy,
      @Nullable String copy,
      @Nullable String host,
      @Nullable String concurrency) {
    return new WhatIf(
        memory == null ? OptionalLong.empty() : OptionalLong.of(bytes(memory)),
        experts == null ? OptionalInt.empty() : OptionalInt.of(whole("experts", experts, 0)),
        Optional.ofNullable(policy),
        factor("copy", copy),
        factor("host", host),
        concurrency == null ? 1 : whole("concurrency", concurrency, 1));
  }

  private static long bytes(String value) {
    Matcher matcher = SIZE.matcher(value.strip());
    Integer shift =
        matcher.matches() ? SHIFTS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (shift != null) {
      BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << shift));
      if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return bytes.longValue();
      }
    }
    throw new IllegalArgumentException(
        "memory must be a size such as 24GiB or 512MiB, got " + value);
  }

  private static int whole(String name, String value, int least) {
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, with the rule.
    }
    throw new IllegalArgumentException(
        "%s must be a whole number of at least %d, got %s".formatted(name, least, value));
  }

  private static double factor(String name, @Nullable String value) {
    if (value == null) {
      return 1;
    }
    try {
      double factor = Double.parseDouble(value.strip());
      if (factor > 0 && factor < Double.POSITIVE_INFINITY) {
        return factor;
      }
    } catch (NumberFormatException e) {
      // Told below, with the rule.
    }
    throw new IllegalArgumentException(
        "%s must be a factor above 0, such as 2 for twice as fast, got %s".formatted(name, value));
  }
}
