package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How many tokens of prompts a step takes.
///
/// Every step streams the experts that are not resident once more, so long chunks pay until
/// arithmetic takes over; but who decodes in the same step waits for all of it.
///
/// @param alone most tokens of a step if nobody decodes in it
/// @param besideDecodes most if somebody does
public record StepBudget(int alone, int besideDecodes) {
  /// What decoding may be held up by; a second of silence is noticed.
  private static final double TARGET_NANOS = 0.5e9;

  /// As soon as a few tokens of a prompt are read nearly every expert is needed, and a step takes
  /// so long however many they are. Then a chunk may cost as much again.
  private static final double TIMES_THE_LEAST = 2;

  /// A longer chunk must save so much of the time a token takes.
  private static final double WORTHWHILE = 1.05;

  /// Without streaming, reading the weights is a small part of the time from here on, and shorter
  /// steps look after cancelled requests sooner.
  private static final int UNMEASURED = 256;

  /// What the choice depends on beside the latency model.
  ///
  /// @param numLayers layers with experts
  /// @param numExperts experts a layer
  /// @param topK experts a token goes to
  /// @param numSlices slices of an expert
  /// @param residentExperts experts that are resident, over all layers
  public record Experts(
      int numLayers, int numExperts, int topK, int numSlices, int residentExperts) {}

  public StepBudget {
    if (besideDecodes < 1 || alone < besideDecodes) {
      throw new IllegalArgumentException(
          "a step needs at least one token, and no fewer alone than beside decodes, got %d and %d"
              .formatted(alone, besideDecodes));
    }
  }

  /// The budget on a machine.
  ///
  /// @param model what experts cost; none if everything goes one fixed way
  /// @param maxTokens what the buffers hold
  public static StepBudget of(Optional<LatencyModel> model, Experts experts, int maxTokens) {
    return model
        .map(measured -> new Forecast(measured, experts).budget(maxTokens))
        .orElseGet(() -> unmeasured(maxTokens));
  }

  private static StepBudget unmeasured(int maxTokens) {
    int tokens = Math.min(UNMEASURED, maxTokens);
    return new StepBudget(tokens, tokens);
  }

  /// Predicted time of a step's experts. What attention takes is not in the model; it is small
  /// beside them for chunks that this chooses from.
  private record Forecast(LatencyModel model, Experts experts) {
    StepBudget budget(int maxTokens) {
      int alone = longestThatPays(maxTokens);
      int allNeeded = Math.ceilDiv(experts.numExperts(), experts.topK());
      double bound = Math.max(TARGET_NANOS, TIMES_THE_LEAST * stepNanos(allNeeded));
      int beside = 1;
      for (int tokens : lengths(alone)) {
        if (stepNanos(tokens) <= bound) {
          beside = tokens;
        }
      }
      return new StepBudget(alone, beside);
    }

    private int longestThatPays(int maxTokens) {
      int best = 1;
      double bestNanos = stepNanos(1);
      for (int tokens : lengths(maxTokens)) {
        double nanosPerToken = stepNanos(tokens) / tokens;
        if (nanosPerToken * WORTHWHILE <= bestNanos) {
          best = tokens;
          bestNanos = nanosPerToken;
        }
      }
      return best;
    }

    /// Powers of two and the maximum.
    private static List<Integer> lengths(int maxTokens) {
      List<Integer> lengths = new ArrayList<>();
      for (int tokens = 1; tokens < maxTokens; tokens *= 2) {
        lengths.add(tokens);
      }
      lengths.add(maxTokens);
      return lengths;
    }

    double stepNanos(int tokens) {
      double resident = (double) experts.residentExperts() / experts.numLayers();
      int floor = (int) resident;
      double more = resident - floor;
      return experts.numLayers()
          * ((1 - more) * layerNanos(tokens, floor)
              + (more > 0 ? more * layerNanos(tokens, floor + 1) : 0));
    }

    /// A layer with so many resident experts, if all experts are as likely.
    private double layerNanos(int tokens, int resident) {
      int all = experts.numExperts();
      double missed = Math.pow(1 - (double) experts.topK() / all, tokens);
      int touched = Math.max(1, (int) Math.round(all * (1 - missed)));
      int residentTouched = (int) Math.round((double) touched * Math.min(resident, all) / all);
      int rows = Math.max(1, Math.round((float) tokens * experts.topK() / touched));
      List<ExpertLoad> loads = new ArrayList<>(touched);
      for (int expert = 0; expert < touched; expert++) {
        loads.add(new ExpertLoad(expert, rows, expert < residentTouched));
      }
      List<ExpertDecision> plan = new LatencyDispatcher(model).plan(loads, experts.numSlices());
      return LaneForecast.of(model, plan, experts.numSlices()).slowestNanos();
    }
  }
}
