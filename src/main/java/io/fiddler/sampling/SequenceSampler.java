package io.fiddler.sampling;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The sampler: the stages of {@link Sampler} one after the other.
final class SequenceSampler implements Sampler {
  private final SamplingParameters parameters;
  private final @Nullable TokenConstraint constraint;
  private final @Nullable LogitAdjustments adjustments;
  private final @Nullable LogProbabilities logprobs;
  private final RandomChoice choice;

  SequenceSampler(
      SamplingParameters parameters,
      @Nullable TokenConstraint constraint,
      int[] prompt,
      int topLogprobs) {
    this.parameters = parameters;
    this.constraint = constraint;
    this.adjustments = LogitAdjustments.of(parameters, prompt);
    this.logprobs = topLogprobs < 0 ? null : new LogProbabilities(topLogprobs);
    this.choice = new RandomChoice(parameters, new SplittableRandom(parameters.seed()));
  }

  @Override
  public SampledToken sample(float[] logits, int offset, int length) {
    float max = Logits.max(logits, offset, length);
    if (logprobs != null) {
      logprobs.measure(logits, offset, length, max);
    }
    if (constraint != null) {
      constraint.restrict(logits, offset, length);
      max = Logits.max(logits, offset, length);
    }
    if (adjustments != null) {
      adjustments.apply(logits, offset, length);
      max = Logits.max(logits, offset, length);
    }
    int id =
        parameters.temperature() == 0
            ? Logits.indexOf(max, logits, offset)
            : choice.choose(logits, offset, length, max);
    float logit = logits[offset + id];
    if (adjustments != null) {
      logit = adjustments.original(logits, offset, id);
      adjustments.count(id);
    }
    if (constraint != null) {
      constraint.accept(id);
    }
    return logprobs == null ? withoutLogprobs(id) : logprobs.report(id, logit);
  }

  @Override
  public boolean isFinished() {
    return constraint != null && constraint.isFinished();
  }

  static SampledToken withoutLogprobs(int id) {
    return new SampledToken(id, Double.NaN, List.of());
  }
}
