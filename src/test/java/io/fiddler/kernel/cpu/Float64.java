package io.fiddler.kernel.cpu;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.tensor.Matrix;

/// The mathematics in float64, written as formulas: what float32 results are held against. Results
/// of sums come with a bound of the rounding error of any order of summation in float32, `n * 2^-24
/// * sum |a b|`.
final class Float64 {
  /// Half a unit in the last place of 1 in float32.
  static final double EPS = 0x1p-24;

  private Float64() {}

  /// A value and how far a float32 computation may be away from it.
  record Bounded(double value, double error) {}

  static Bounded dot(Matrix weights, int row, Bounded[] x) {
    double sum = 0;
    double size = 0;
    double error = 0;
    for (int i = 0; i < x.length; i++) {
      double weight = TestMatrices.get(weights, row, i);
      sum += weight * x[i].value();
      size += Math.abs(weight * x[i].value());
      error += Math.abs(weight) * x[i].error();
    }
    return new Bounded(sum, error + x.length * EPS * size + Float.MIN_NORMAL);
  }

  static Bounded[] exact(float[] values) {
    Bounded[] exact = new Bounded[values.length];
    for (int i = 0; i < values.length; i++) {
      exact[i] = new Bounded(values[i], 0);
    }
    return exact;
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  /// `silu(gate) * up`; the slope of silu is at most 1.1.
  static Bounded swiGlu(Bounded gate, Bounded up) {
    double activated = silu(gate.value());
    double error =
        1.1 * gate.error() * Math.abs(up.value())
            + Math.abs(activated) * up.error()
            + 16 * EPS * Math.abs(activated * up.value());
    return new Bounded(activated * up.value(), error + Float.MIN_NORMAL);
  }

  static double[] rmsNorm(double[] x, Matrix weight, double eps) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / Math.sqrt(squares / x.length + eps) * TestMatrices.get(weight, 0, i);
    }
    return out;
  }

  static double[] multiply(Matrix weights, double[] x) {
    double[] out = new double[weights.rows()];
    for (int r = 0; r < out.length; r++) {
      for (int i = 0; i < x.length; i++) {
        out[r] += TestMatrices.get(weights, r, i) * x[i];
      }
    }
    return out;
  }

  static void rotate(AttentionBlock.Rope rope, int position, double[] row, int headDim) {
    int half = headDim / 2;
    for (int head = 0; head < row.length / headDim; head++) {
      for (int i = 0; i < half; i++) {
        double angle = position * rope.inverseFrequencies()[i];
        double a = row[head * headDim + i];
        double b = row[head * headDim + half + i];
        double scaling = rope.attentionScaling();
        row[head * headDim + i] = (a * Math.cos(angle) - b * Math.sin(angle)) * scaling;
        row[head * headDim + half + i] = (b * Math.cos(angle) + a * Math.sin(angle)) * scaling;
      }
    }
  }

  static double[] softmax(double[] scores) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      highest = Math.max(highest, score);
    }
    double total = 0;
    double[] out = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      out[i] = Math.exp(scores[i] - highest);
      total += out[i];
    }
    for (int i = 0; i < scores.length; i++) {
      out[i] /= total;
    }
    return out;
  }
}
