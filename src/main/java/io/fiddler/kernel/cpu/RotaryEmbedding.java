package io.fiddler.kernel.cpu;

import io.fiddler.kernel.AttentionBlock.Rope;

/// Rotary position embedding of one row ([arXiv 2104.09864](https://arxiv.org/abs/2104.09864)),
/// pairs `(i, i + headDim / 2)`. Angles are rounded to float32 before the cosine, as the reference
/// does.
final class RotaryEmbedding {
  private RotaryEmbedding() {}

  /// Writes `cos[i]` then `sin[i]` of the angles at `position`: `[2, headDim / 2]`.
  static void angles(Rope rope, int position, float[] cosSin) {
    float[] frequencies = rope.inverseFrequencies();
    for (int i = 0; i < frequencies.length; i++) {
      float angle = position * frequencies[i];
      cosSin[i] = (float) Math.cos(angle) * rope.attentionScaling();
      cosSin[frequencies.length + i] = (float) Math.sin(angle) * rope.attentionScaling();
    }
  }

  /// Rotates `heads` heads of width `headDim` that begin at `offset`.
  static void rotate(float[] cosSin, int heads, int headDim, float[] row, int offset) {
    int half = headDim / 2;
    for (int head = 0; head < heads; head++) {
      int first = offset + head * headDim;
      for (int i = 0; i < half; i++) {
        float a = row[first + i];
        float b = row[first + half + i];
        float cos = cosSin[i];
        float sin = cosSin[half + i];
        row[first + i] = a * cos - b * sin;
        row[first + half + i] = b * cos + a * sin;
      }
    }
  }
}
