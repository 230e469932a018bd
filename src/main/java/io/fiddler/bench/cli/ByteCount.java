package io.fiddler.bench.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads numbers of bytes as people write them. As in the service's settings, `GB` is `GiB`.
final class ByteCount {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L, "b", 1L, "kib", 1L << 10, "kb", 1L << 10, "mib", 1L << 20, "mb", 1L << 20, "gib",
          1L << 30, "gb", 1L << 30, "tib", 1L << 40, "tb", 1L << 40);

  private ByteCount() {}

  /// For example `24GiB`, `512MiB` or `1.5GiB`.
  ///
  /// @param name of the option, for the message
  static long parse(String name, String value) {
    Matcher matcher = FORM.matcher(value.trim());
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit != null) {
      BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
      if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return bytes.longValue();
      }
    }
    throw new UsageException(
        "--%s must be a size such as 24GiB or 512MiB, got %s".formatted(name, value));
  }
}
