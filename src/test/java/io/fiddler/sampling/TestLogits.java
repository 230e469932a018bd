package io.fiddler.sampling;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Rows of logits for tests.
final class TestLogits {
  private TestLogits() {}

  /// As a trained model's: most tokens are far less likely than the best.
  static float[] random(SplittableRandom random, int vocabulary) {
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      logits[i] = (float) random.nextGaussian(0, 3);
    }
    return logits;
  }

  /// All impossible but one.
  static float[] only(int id, int vocabulary) {
    float[] logits = new float[vocabulary];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    logits[id] = -5;
    return logits;
  }
}
