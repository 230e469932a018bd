package io.fiddler.sampling;

/// What every choice from a row of logits begins with.
final class Logits {
  private Logits() {}

  /// The largest logit.
  ///
  /// @throws IllegalArgumentException if one is NaN or +Infinity, or if all are -Infinity
  static float max(float[] logits, int offset, int length) {
    float max = Float.NEGATIVE_INFINITY;
    // Math.max vectorises, and one NaN makes the result NaN.
    for (int i = offset; i < offset + length; i++) {
      max = Math.max(max, logits[i]);
    }
    if (max == Float.NEGATIVE_INFINITY) {
      throw new IllegalArgumentException(
          "at least one logit must be finite, got %d of -Infinity".formatted(length));
    }
    if (!(max <= Float.MAX_VALUE)) {
      throw invalid(logits, offset, length);
    }
    return max;
  }

  /// The first token whose logit is `max`.
  static int indexOf(float max, float[] logits, int offset) {
    int i = offset;
    while (logits[i] != max) {
      i++;
    }
    return i - offset;
  }

  private static IllegalArgumentException invalid(float[] logits, int offset, int length) {
    int id = 0;
    while (id < length - 1 && logits[offset + id] <= Float.MAX_VALUE) {
      id++;
    }
    return new IllegalArgumentException(
        "logits must be finite or -Infinity, got %s (token %d)".formatted(logits[offset + id], id));
  }
}
