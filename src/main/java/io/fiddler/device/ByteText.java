package io.fiddler.device;

import java.util.Locale;

/// Sizes in sentences for people: `3.2 GiB`, and exact bytes below one KiB.
final class ByteText {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private ByteText() {}

  static String of(long sizeBytes) {
    if (sizeBytes < 1024) {
      return sizeBytes + " bytes";
    }
    double value = sizeBytes;
    int unit = -1;
    while (value >= 1024) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
