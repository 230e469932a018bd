package io.fiddler.model.load;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Makes some experts of each layer more popular than others, in random weights: close to Zipf's
/// law, an expert of rank `k` (from 1) being chosen in proportion to `k^-exponent`. Which expert
/// has which rank differs from layer to layer.
///
/// A router has no bias, so channel 0 of the residual stream becomes one, as channels of trained
/// models do: every embedding holds the same large value there, and column 0 of a router's rows
/// turns it into what is added to an expert's score. For that, the scale of the other channels must
/// be known: with embeddings of unit variance it is that of the embeddings, to which random layers
/// add little.
///
/// @param seed of the ranks
/// @param exponent of Zipf's law; 0 leaves everything as it was
record RouterSkew(long seed, double exponent) {
  /// The channel's value, in units of `sqrt(hiddenSize)`: large beside what layers add to it, small
  /// beside all other channels together.
  private static final double CHANNEL = 0.25;

  /// Scores of random routers are normal with a standard deviation of one, choices in proportion to
  /// `exp(bias)` come of Gumbel noise with one of 1.28.
  private static final double SCORE_SCALE = 1 / 1.28;

  /// Variance that a random layer adds to a residual channel of variance one, measured.
  private static final double GROWTH = 0.05;

  /// The number of inputs that decides the scale of a tensor's numbers.
  int inputs(TensorShape shape) {
    return exponent != 0 && shape.id().role() == TensorRole.EMBEDDING ? 1 : shape.cols();
  }

  /// Changes the part of a tensor that begins `offset` bytes into it, BF16 and row-major.
  void apply(TensorShape shape, long offset, MemorySegment part) {
    TensorRole role = shape.id().role();
    if (exponent == 0 || (role != TensorRole.EMBEDDING && role != TensorRole.ROUTER)) {
      return;
    }
    long rowBytes = (long) shape.cols() * Short.BYTES;
    double[] column = role == TensorRole.ROUTER ? biases(shape) : new double[0];
    double channel = CHANNEL * Math.sqrt(shape.cols());
    for (long row = Math.ceilDiv(offset, rowBytes);
        row * rowBytes < offset + part.byteSize();
        row++) {
      double value = role == TensorRole.ROUTER ? column[(int) row] : channel;
      part.set(JAVA_SHORT_UNALIGNED, row * rowBytes - offset, bf16(value));
    }
  }

  /// Column 0 of a layer's router, so that it adds `-exponent * ln(rank)` to the scores, in units
  /// of their noise.
  private double[] biases(TensorShape router) {
    TensorId id = router.id();
    int[] ranks = ranks(id.layer(), router.rows());
    double channel = CHANNEL * Math.sqrt(router.cols());
    double normed = channel / residualScale(id.layer());
    double[] biases = new double[ranks.length];
    for (int expert = 0; expert < biases.length; expert++) {
      biases[expert] = -exponent * SCORE_SCALE * Math.log(1 + ranks[expert]) / normed;
    }
    return biases;
  }

  /// Root mean square of the residual stream that a layer's router sees, its own attention
  /// included.
  private static double residualScale(int layer) {
    return Math.sqrt(1 + CHANNEL * CHANNEL + GROWTH * (layer + 0.5));
  }

  /// The rank of each expert, from 0.
  private int[] ranks(int layer, int numExperts) {
    SplittableRandom random = new SplittableRandom(seed * 31 + layer);
    int[] ranks = new int[numExperts];
    for (int expert = 1; expert < numExperts; expert++) {
      int other = random.nextInt(expert + 1);
      ranks[expert] = ranks[other];
      ranks[other] = expert;
    }
    return ranks;
  }

  private static short bf16(double value) {
    return (short) (Float.floatToRawIntBits((float) value) >>> Short.SIZE);
  }
}
