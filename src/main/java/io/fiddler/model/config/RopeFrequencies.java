package io.fiddler.model.config;

import io.fiddler.model.RopeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/// The frequencies of a rotary embedding and the ways to scale them to longer contexts. StrictMath
/// throughout: the same file gives the same bits, and so the same fingerprint, on every machine.
///
/// @param theta the base
/// @param inverse `theta^(-2i/headDim)` for each pair `i`
public record RopeFrequencies(double theta, List<Double> inverse) {
  public RopeFrequencies {
    inverse = List.copyOf(inverse);
  }

  public static RopeFrequencies of(double theta, int headDim) {
    List<Double> inverse = new ArrayList<>();
    for (int i = 0; i < headDim; i += 2) {
      inverse.add(1 / StrictMath.pow(theta, (double) i / headDim));
    }
    return new RopeFrequencies(theta, inverse);
  }

  public RopeConfig unscaled() {
    return mapped(inverse::get, 1);
  }

  /// Every position divided by `factor` ([arXiv 2306.15595](https://arxiv.org/abs/2306.15595)).
  RopeConfig linear(double factor) {
    return mapped(i -> inverse.get(i) / factor, 1);
  }

  /// What Llama 3.1 does: long waves are stretched by `factor`, short ones are kept, and between
  /// the two it fades.
  ///
  /// @param factor how much long waves are stretched
  /// @param lowFrequencyFactor waves above `originalContextLength / lowFrequencyFactor` are long
  /// @param highFrequencyFactor waves below `originalContextLength / highFrequencyFactor` are short
  /// @param originalContextLength positions of the training
  record Llama3(
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalContextLength) {}

  RopeConfig llama3(Llama3 scaling) {
    return mapped(
        i -> {
          double frequency = inverse.get(i);
          double waves = scaling.originalContextLength * frequency / (2 * Math.PI);
          double kept =
              (waves - scaling.lowFrequencyFactor)
                  / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
          return blend(frequency / scaling.factor, frequency, Math.clamp(kept, 0, 1));
        },
        1);
  }

  /// YaRN ([arXiv 2309.00071](https://arxiv.org/abs/2309.00071)): as Llama 3, but fading over
  /// dimensions, and with a factor on the attention.
  ///
  /// @param factor how much long waves are stretched (`s`)
  /// @param originalContextLength positions of the training (`L`)
  /// @param betaFast pairs that turn more often than this over the training context are kept
  /// @param betaSlow pairs that turn less often than this are stretched
  /// @param truncate whether the bounds between which it fades are whole dimensions
  /// @param attentionScaling factor on cosine and sine
  record Yarn(
      double factor,
      int originalContextLength,
      double betaFast,
      double betaSlow,
      boolean truncate,
      double attentionScaling) {}

  RopeConfig yarn(Yarn scaling) {
    double first = dimensionOf(scaling.betaFast, scaling);
    double last = dimensionOf(scaling.betaSlow, scaling);
    double low = Math.max(scaling.truncate ? Math.floor(first) : first, 0);
    double high = Math.min(scaling.truncate ? Math.ceil(last) : last, 2 * inverse.size() - 1);
    double width = low == high ? 0.001 : high - low;
    return mapped(
        i ->
            blend(
                inverse.get(i),
                inverse.get(i) / scaling.factor,
                Math.clamp((i - low) / width, 0, 1)),
        scaling.attentionScaling);
  }

  /// The pair that turns `rotations` times over the training context.
  private double dimensionOf(double rotations, Yarn scaling) {
    int headDim = 2 * inverse.size();
    return headDim
        * StrictMath.log(scaling.originalContextLength / (rotations * 2 * Math.PI))
        / (2 * StrictMath.log(theta));
  }

  private static double blend(double from, double to, double share) {
    return from * (1 - share) + to * share;
  }

  private RopeConfig mapped(IntToDoubleFunction frequency, double attentionScaling) {
    List<Float> frequencies = new ArrayList<>();
    for (int i = 0; i < inverse.size(); i++) {
      frequencies.add((float) frequency.applyAsDouble(i));
    }
    return new RopeConfig(frequencies, (float) attentionScaling);
  }
}
