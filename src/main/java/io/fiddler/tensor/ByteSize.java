package io.fiddler.tensor;

import java.util.Locale;

/// Byte counts for people.
public final class ByteSize {
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private ByteSize() {}

  /// For example `512 bytes` or `86.9 GiB`.
  public static String describe(long sizeBytes) {
    double value = sizeBytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? sizeBytes + " bytes"
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
