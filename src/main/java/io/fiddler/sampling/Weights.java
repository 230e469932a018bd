package io.fiddler.sampling;

/// Unnormalised probabilities of a row's tokens, exp((logit - max) / temperature), summed by blocks
/// so that finding a token by its place in the sum looks at one block only.
final class Weights {
  private static final int BLOCK = 256;

  private final double temperature;
  private double[] blockSums = new double[0];

  /// @param temperature above 0
  Weights(double temperature) {
    this.temperature = temperature;
  }

  /// The weight of one logit, in [0, 1].
  double weight(float logit, float max) {
    return Math.exp(((double) logit - max) / temperature);
  }

  /// The logit whose weight is `share`, in [0, 1].
  double logitAt(double share, float max) {
    return max + temperature * Math.log(share);
  }

  /// Sum of all weights whose logits are not below `floor`.
  double sum(float[] logits, int offset, int length, float max, double floor) {
    int blocks = (length + BLOCK - 1) / BLOCK;
    if (blockSums.length < blocks) {
      blockSums = new double[blocks];
    }
    double total = 0;
    for (int block = 0; block < blocks; block++) {
      int end = Math.min(length, (block + 1) * BLOCK);
      double sum = 0;
      for (int i = offset + block * BLOCK; i < offset + end; i++) {
        sum += logits[i] >= floor ? weight(logits[i], max) : 0;
      }
      blockSums[block] = sum;
      total += sum;
    }
    return total;
  }

  /// The token, in order of ids, in whose part of the last {@link #sum} the point `target` lies.
  int find(double target, float[] logits, int offset, int length, float max, double floor) {
    int block = 0;
    int lastBlock = (length - 1) / BLOCK;
    double rest = target;
    while (block < lastBlock && rest >= blockSums[block]) {
      rest -= blockSums[block++];
    }
    // Rounding may leave a rest behind the last token: then the last possible one it is.
    int found = -1;
    for (int id = block * BLOCK; id < length; id++) {
      double weight = logits[offset + id] >= floor ? weight(logits[offset + id], max) : 0;
      if (weight > 0) {
        found = id;
        rest -= weight;
        if (rest < 0) {
          return id;
        }
      }
    }
    return found >= 0 ? found : Logits.indexOf(max, logits, offset);
  }
}
