package io.fiddler.kernel.cpu;

/// Working memory of one worker, grown to what was needed so far.
final class Scratch {
  /// Floats beyond the end that a kernel may overwrite: the widest vector there is.
  static final int PADDING = 64;

  private static final float[] NONE = {};

  /// Sums of a tile, one vector each; 64 vectors of the widest kind.
  final float[] lanes = new float[64 * PADDING];

  private float[] gate = NONE;
  private float[] up = NONE;
  private float[] scores = NONE;
  private float[] row = NONE;

  /// Room for `count` floats, contents undefined.
  float[] gate(int count) {
    gate = atLeast(gate, count);
    return gate;
  }

  /// Room for `count` floats, contents undefined.
  float[] up(int count) {
    up = atLeast(up, count);
    return up;
  }

  /// Room for `count` floats, contents undefined.
  float[] scores(int count) {
    scores = atLeast(scores, count);
    return scores;
  }

  /// Room for `count` floats, contents undefined.
  float[] row(int count) {
    row = atLeast(row, count);
    return row;
  }

  /// `array` if it holds `count` floats and the padding, else a new one with some room to grow.
  static float[] atLeast(float[] array, int count) {
    if (array.length >= count + PADDING) {
      return array;
    }
    return new float[Math.max(count, (int) Math.min(array.length * 5L / 4, 1 << 28)) + PADDING];
  }
}
