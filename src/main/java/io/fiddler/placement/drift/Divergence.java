package io.fiddler.placement.drift;

import io.fiddler.expert.ExpertGrid;

/// How different the choices of experts are from those of another time: the Jensen-Shannon
/// divergence of each layer's histograms in bits, 0 for the same and 1 for nothing in common.
///
/// Two samples of one distribution differ, too: by `(K - 1) / (8 ln 2) * (1/n + 1/m)` bits on
/// average for `K` experts and samples of `n` and `m`. That is taken off, with `n` and `m` the
/// independent draws that the counts are worth; what is left is at least 0.
///
/// @param mean over the layers that have counts on both sides
/// @param max of them
/// @param layer the layer of the maximum; -1 if no layer has counts
public record Divergence(double mean, double max, int layer) {
  private static final double LN_2 = Math.log(2);

  /// Between two histograms of counts by dense index.
  ///
  /// @param dispersion variance of the counts over that of independent draws
  public static Divergence between(
      ExpertGrid grid, double[] now, double[] before, double dispersion) {
    double sum = 0;
    double max = 0;
    int layers = 0;
    int layerOfMax = -1;
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      int experts = grid.numExperts(layer);
      if (experts == 0) {
        continue;
      }
      int from = grid.indexOf(layer, 0);
      double n = total(now, from, experts);
      double m = total(before, from, experts);
      if (n == 0 || m == 0) {
        continue;
      }
      double bias = (experts - 1) / (8 * LN_2) * dispersion * (1 / n + 1 / m);
      double divergence = Math.clamp(raw(now, n, before, m, from, experts) - bias, 0, 1);
      sum += divergence;
      layers++;
      if (layerOfMax < 0 || divergence > max) {
        max = divergence;
        layerOfMax = layer;
      }
    }
    return new Divergence(layers == 0 ? 0 : sum / layers, max, layerOfMax);
  }

  /// As counted.
  private static double raw(
      double[] now, double n, double[] before, double m, int from, int experts) {
    double bits = 0;
    for (int index = from; index < from + experts; index++) {
      double p = now[index] / n;
      double q = before[index] / m;
      double middle = (p + q) / 2;
      bits += (part(p, middle) + part(q, middle)) / 2;
    }
    return bits;
  }

  private static double part(double p, double middle) {
    return p == 0 ? 0 : p * Math.log(p / middle) / LN_2;
  }

  private static double total(double[] counts, int from, int experts) {
    double total = 0;
    for (int index = from; index < from + experts; index++) {
      total += counts[index];
    }
    return total;
  }
}
