package io.fiddler.sampling;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Logit bias and penalties of one sequence, with the token counts they need. Touches only the
/// logits of tokens it knows, and remembers what they were.
final class LogitAdjustments {
  private final double repetitionPenalty;
  private final double frequencyPenalty;
  private final double presencePenalty;
  private final boolean counts;

  // By the table's number of a token.
  private final TokenTable tokens = new TokenTable();
  private double[] bias = new double[8];
  private boolean[] occurs = new boolean[8];
  private int[] generated = new int[8];
  private float[] original = new float[8];
  private int highestId;

  private LogitAdjustments(SamplingParameters parameters, int[] prompt) {
    repetitionPenalty = parameters.repetitionPenalty();
    frequencyPenalty = parameters.frequencyPenalty();
    presencePenalty = parameters.presencePenalty();
    counts = repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
    // The number first: adding a token may replace the arrays.
    for (Map.Entry<Integer, Double> entry : parameters.logitBias().entrySet()) {
      int number = add(entry.getKey());
      bias[number] = entry.getValue();
    }
    if (repetitionPenalty != 1) {
      for (int id : prompt) {
        int number = add(id);
        occurs[number] = true;
      }
    }
  }

  /// The adjustments that `parameters` ask for, or null for none.
  static @Nullable LogitAdjustments of(SamplingParameters parameters, int[] prompt) {
    LogitAdjustments adjustments = new LogitAdjustments(parameters, prompt);
    return adjustments.counts || adjustments.tokens.size() > 0 ? adjustments : null;
  }

  /// Counts a generated token.
  void count(int id) {
    if (counts) {
      int number = add(id);
      generated[number]++;
      occurs[number] = true;
    }
  }

  /// Changes the row in place.
  void apply(float[] logits, int offset, int length) {
    if (highestId >= length) {
      throw new IllegalArgumentException(
          "token ids of prompt and logitBias must be in [0, %d), got %d"
              .formatted(length, highestId));
    }
    for (int number = 0; number < tokens.size(); number++) {
      int i = offset + tokens.id(number);
      original[number] = logits[i];
      if (logits[i] != Float.NEGATIVE_INFINITY) {
        logits[i] = adjusted(logits[i], number);
      }
    }
  }

  /// What the logit of token `id` was before the last {@link #apply}.
  float original(float[] logits, int offset, int id) {
    int number = tokens.find(id);
    return number < 0 ? logits[offset + id] : original[number];
  }

  private float adjusted(float logit, int number) {
    double adjusted = logit + bias[number];
    if (occurs[number]) {
      adjusted = adjusted > 0 ? adjusted / repetitionPenalty : adjusted * repetitionPenalty;
    }
    adjusted -= frequencyPenalty * generated[number];
    adjusted -= generated[number] > 0 ? presencePenalty : 0;
    // An extreme penalty stays a finite logit.
    return (float) Math.clamp(adjusted, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  private int add(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("token id must be >= 0, got " + id);
    }
    highestId = Math.max(highestId, id);
    int number = tokens.add(id);
    if (number == bias.length) {
      bias = Arrays.copyOf(bias, 2 * number);
      occurs = Arrays.copyOf(occurs, 2 * number);
      generated = Arrays.copyOf(generated, 2 * number);
      original = Arrays.copyOf(original, 2 * number);
    }
    return number;
  }
}
