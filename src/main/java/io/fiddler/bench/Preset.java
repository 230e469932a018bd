package io.fiddler.bench;

import io.fiddler.bench.measure.Scenario;
import java.util.ArrayList;
import java.util.List;

/// Scenarios that others have measured too.
enum Preset {
  /// The paper's single request, [arXiv 2402.07033](https://arxiv.org/abs/2402.07033) section 4.
  SINGLE,
  /// The paper's long prompts.
  PREFILL,
  /// The paper's beam search.
  BEAM,
  /// One request, prompts and batches: what this project is measured by.
  ISSUE;

  private static final List<Integer> SINGLE_INPUTS = List.of(32, 64, 128, 256);
  private static final List<Integer> SINGLE_OUTPUTS = List.of(64, 128, 256, 512);
  private static final List<Integer> LONG_INPUTS = List.of(512, 1024, 2048, 4096);
  private static final List<Integer> BEAMS = List.of(4, 8, 12, 16);
  private static final List<Integer> PLAIN = List.of(1);

  List<Scenario> scenarios() {
    return switch (this) {
      case SINGLE -> product(List.of(1), SINGLE_INPUTS, SINGLE_OUTPUTS, PLAIN);
      case PREFILL -> product(List.of(1), LONG_INPUTS, List.of(1), PLAIN);
      case BEAM -> product(List.of(1), List.of(32), List.of(64), BEAMS);
      case ISSUE ->
          List.of(
              Scenario.of(1, 32, 64),
              Scenario.of(1, 512, 1),
              Scenario.of(1, 2048, 1),
              Scenario.of(16, 32, 64),
              Scenario.of(64, 32, 64));
    };
  }

  /// Every combination.
  static List<Scenario> product(
      List<Integer> requests,
      List<Integer> promptTokens,
      List<Integer> newTokens,
      List<Integer> beams) {
    List<Scenario> scenarios = new ArrayList<>();
    for (int request : requests) {
      for (int prompt : promptTokens) {
        for (int tokens : newTokens) {
          beams.forEach(width -> scenarios.add(Scenario.of(request, prompt, tokens, width)));
        }
      }
    }
    return scenarios;
  }
}
