package io.fiddler.sampling;

import java.util.SplittableRandom;

/// Chooses by probability among the tokens that min-p, top-k and top-p leave. Takes one random
/// number a token, whatever the parameters.
final class RandomChoice {
  // Nuclei are mostly smaller; for a larger one the whole vocabulary is sorted.
  private static final int USUAL_NUCLEUS = 256;

  private final int topK;
  private final double topP;
  private final double minP;
  private final Weights weights;
  private final SplittableRandom random;
  private final TopTokens top = new TopTokens();
  // Weight of the tokens up to each rank of top.
  private double[] cumulative = new double[0];

  RandomChoice(SamplingParameters parameters, SplittableRandom random) {
    this.topK = parameters.topK();
    this.topP = parameters.topP();
    this.minP = parameters.minP();
    this.weights = new Weights(parameters.temperature());
    this.random = random;
  }

  /// @param max the row's largest logit
  int choose(float[] logits, int offset, int length, float max) {
    double u = random.nextDouble();
    double floor = weights.logitAt(minP, max);
    if (topK > 0 && topK < length) {
      double total = selectTop(logits, offset, length, topK, max, floor);
      return chooseFromTop(u, nucleusSize(total));
    }
    double total = weights.sum(logits, offset, length, max, floor);
    if (topP == 1) {
      return weights.find(u * total, logits, offset, length, max, floor);
    }
    if (selectTop(logits, offset, length, USUAL_NUCLEUS, max, floor) < topP * total) {
      selectTop(logits, offset, length, length, max, floor);
    }
    return chooseFromTop(u, nucleusSize(total));
  }

  /// Selects the top k and returns the sum of their weights.
  private double selectTop(float[] logits, int offset, int length, int k, float max, double floor) {
    top.select(logits, offset, length, k, floor);
    if (cumulative.length < top.size()) {
      cumulative = new double[top.size()];
    }
    double mass = 0;
    for (int rank = 0; rank < top.size(); rank++) {
      mass += weights.weight(top.logit(rank), max);
      cumulative[rank] = mass;
    }
    return mass;
  }

  /// How many of the top tokens it takes to reach the share `topP` of `total`.
  private int nucleusSize(double total) {
    int size = topP == 1 ? top.size() : 1;
    while (size < top.size() && cumulative[size - 1] < topP * total) {
      size++;
    }
    return size;
  }

  private int chooseFromTop(double u, int count) {
    double target = u * cumulative[count - 1];
    int rank = 0;
    while (rank < count - 1 && cumulative[rank] <= target) {
      rank++;
    }
    return top.id(rank);
  }
}
