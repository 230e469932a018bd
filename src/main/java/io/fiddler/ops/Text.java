package io.fiddler.ops;

import java.util.Locale;

/// How constants are spelt in JSON and in tags.
public final class Text {
  private Text() {}

  /// In lower case.
  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
