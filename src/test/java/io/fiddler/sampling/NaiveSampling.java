package io.fiddler.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The reference: what {@link Sampler} promises, written down in double precision with full sorts.
final class NaiveSampling {
  private NaiveSampling() {}

  /// Logits after bias and penalties.
  static double[] adjusted(
      float[] logits, SamplingParameters parameters, int[] prompt, int[] output) {
    double[] adjusted = new double[logits.length];
    for (int id = 0; id < logits.length; id++) {
      int token = id;
      long generated = IntStream.of(output).filter(o -> o == token).count();
      boolean occurs = generated > 0 || IntStream.of(prompt).anyMatch(p -> p == token);
      double l = logits[id] + parameters.logitBias().getOrDefault(id, 0.0);
      if (occurs) {
        l = l > 0 ? l / parameters.repetitionPenalty() : l * parameters.repetitionPenalty();
      }
      l -= parameters.frequencyPenalty() * generated;
      l -= generated > 0 ? parameters.presencePenalty() : 0;
      adjusted[id] = l;
    }
    return adjusted;
  }

  /// The probability of each token to be chosen.
  static double[] distribution(double[] adjusted, SamplingParameters parameters) {
    double[] scaled = Arrays.stream(adjusted).map(l -> l / parameters.temperature()).toArray();
    double[] p = softmax(scaled);
    double most = Arrays.stream(p).max().orElseThrow();
    for (int id = 0; id < p.length; id++) {
      if (p[id] < parameters.minP() * most) {
        p[id] = 0;
      }
    }
    int[] order = bestFirst(p);
    if (parameters.topK() > 0) {
      for (int rank = parameters.topK(); rank < p.length; rank++) {
        p[order[rank]] = 0;
      }
    }
    double total = Arrays.stream(p).sum();
    double before = 0;
    for (int id : order) {
      double share = p[id] / total;
      if (before >= parameters.topP() && parameters.topP() < 1) {
        p[id] = 0;
      }
      before += share;
    }
    double kept = Arrays.stream(p).sum();
    return Arrays.stream(p).map(x -> x / kept).toArray();
  }

  static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double[] weights = Arrays.stream(logits).map(l -> Math.exp(l - max)).toArray();
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  static int[] bestFirst(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer id) -> 0.0 - values[id]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
