package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.NullMarked;

/// How near results must be to the reference in float32, relative to the size of all of them, since
/// an error of an input of a product spreads over its outputs, and to their own.
@NullMarked
final class Closeness {
  /// Where activations keep 16 bits or more.
  static final double FINE = 2e-4;

  /// Where activations, or keys and values, are rounded to bf16: 2^-9 each, several in a row.
  static final double ROUNDED = 1.5e-2;

  private Closeness() {}

  static void assertClose(float[] actual, float[] expected, double tolerance, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double squares = 0;
    for (float value : expected) {
      squares += (double) value * value;
    }
    double scale = Math.sqrt(squares / expected.length);
    // The largest of some ten thousand errors is about four times their usual size.
    double usual = tolerance * Math.max(scale, 1e-6) * 4;
    for (int i = 0; i < expected.length; i++) {
      // One that is far larger than the others is rounded as much coarser.
      double most = usual + tolerance * Math.abs(expected[i]);
      if (!(Math.abs(actual[i] - expected[i]) <= most)) {
        throw new AssertionError(
            "%s, element %d: got %.8g, expected %.8g within %.3g"
                .formatted(what, i, actual[i], expected[i], most));
      }
    }
  }
}
