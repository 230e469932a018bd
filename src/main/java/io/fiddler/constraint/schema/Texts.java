package io.fiddler.constraint.schema;

import tools.jackson.databind.node.StringNode;

/// Strings of a schema as they are written in JSON.
final class Texts {
  private Texts() {}

  /// A string as JSON. An unpaired surrogate, which UTF-8 cannot write, becomes U+FFFD.
  static String json(String text) {
    int[] codePoints =
        text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
            .toArray();
    return StringNode.valueOf(new String(codePoints, 0, codePoints.length)).toString();
  }
}
