package io.fiddler.placement.correction;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// A kind of traffic: in each layer the experts' shares fall like 1/rank, in an order of its own,
/// and each request leans towards some experts, so that counts vary more than independent draws do.
final class Workload {
  static final int REQUEST_TOKENS = 64;
  static final int TOP_K = 2;

  private final ExpertGrid grid;
  private final double[] shares;

  Workload(ExpertGrid grid, SplittableRandom random) {
    this.grid = grid;
    this.shares = new double[grid.size()];
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      int[] order = shuffled(grid.numExperts(layer), random);
      double total = 0;
      for (int rank = 0; rank < order.length; rank++) {
        total += 1.0 / (rank + 1);
      }
      for (int rank = 0; rank < order.length; rank++) {
        shares[grid.indexOf(layer, order[rank])] = 1.0 / (rank + 1) / total / grid.numLayers();
      }
    }
  }

  /// Exact shares of all assignments, by dense index.
  double[] shares() {
    return shares.clone();
  }

  /// The best `capacity` experts.
  Set<ExpertId> best(int capacity) {
    Set<ExpertId> best = new HashSet<>();
    IntStream.range(0, grid.size())
        .boxed()
        .sorted((one, other) -> Double.compare(shares[other], shares[one]))
        .limit(capacity)
        .forEach(index -> best.add(grid.at(index)));
    return best;
  }

  double hitRate(Set<ExpertId> resident) {
    return resident.stream().mapToDouble(id -> shares[grid.indexOf(id)]).sum();
  }

  /// The counts of one request.
  ActivationSnapshot request(SplittableRandom random) {
    ActivationSnapshot counts = ActivationSnapshot.zero(grid);
    double[] leaning = shares.clone();
    for (int index = 0; index < leaning.length; index++) {
      leaning[index] *= Math.exp(0.25 * random.nextGaussian());
    }
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      for (int choice = 0; choice < REQUEST_TOKENS * TOP_K; choice++) {
        counts.counts()[choice % 2][drawn(leaning, layer, random)]++;
      }
    }
    return counts;
  }

  private int drawn(double[] weights, int layer, SplittableRandom random) {
    int first = grid.indexOf(layer, 0);
    int end = first + grid.numExperts(layer);
    double total = 0;
    for (int index = first; index < end; index++) {
      total += weights[index];
    }
    double left = random.nextDouble() * total;
    for (int index = first; index < end - 1; index++) {
      left -= weights[index];
      if (left < 0) {
        return index;
      }
    }
    return end - 1;
  }

  private static int[] shuffled(int count, SplittableRandom random) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[other];
      order[other] = swap;
    }
    return order;
  }
}
