package io.fiddler.ops;

import java.util.Locale;

/// How constants are spelt in JSON and in tags.
final class Text {
  private Text() {}

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
