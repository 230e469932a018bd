package io.fiddler.kernel.cpu;

/// Softmax over all experts, then the best of it.
final class TopK {
  private TopK() {}

  /// Turns `count` scores into probabilities and picks the `topK` highest, ties to the lower index.
  ///
  /// @param scores `[count]` from `scoresOffset`, overwritten
  /// @param experts `[topK]` from `outOffset`, by descending weight
  /// @param weights the same
  static void select(
      float[] scores,
      int scoresOffset,
      int count,
      int topK,
      boolean renormalise,
      int[] experts,
      float[] weights,
      int outOffset) {
    softmax(scores, scoresOffset, count);
    float chosen = 0;
    for (int k = 0; k < topK; k++) {
      int best = -1;
      for (int e = 0; e < count; e++) {
        if (!contains(experts, outOffset, k, e)
            && (best < 0 || scores[scoresOffset + e] > scores[scoresOffset + best])) {
          best = e;
        }
      }
      experts[outOffset + k] = best;
      weights[outOffset + k] = scores[scoresOffset + best];
      chosen += scores[scoresOffset + best];
    }
    if (renormalise) {
      for (int k = 0; k < topK; k++) {
        weights[outOffset + k] /= chosen;
      }
    }
  }

  private static boolean contains(int[] experts, int offset, int count, int expert) {
    for (int k = 0; k < count; k++) {
      if (experts[offset + k] == expert) {
        return true;
      }
    }
    return false;
  }

  private static void softmax(float[] scores, int offset, int count) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      highest = Math.max(highest, scores[offset + e]);
    }
    float total = 0;
    for (int e = 0; e < count; e++) {
      scores[offset + e] = (float) Math.exp(scores[offset + e] - highest);
      total += scores[offset + e];
    }
    for (int e = 0; e < count; e++) {
      scores[offset + e] /= total;
    }
  }
}
