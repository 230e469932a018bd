package io.fiddler.bench;

import io.fiddler.bench.cli.UsageException;
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

  List<Scenario> scenarios() {
    return switch (this) {
      case SINGLE -> product(List.of(1), SINGLE_INPUTS, SINGLE_OUTPUTS);
      case PREFILL -> product(List.of(1), LONG_INPUTS, List.of(1));
      case BEAM ->
          throw new UsageException(
              "--preset=beam cannot be measured yet: beam search comes with the serving of several"
                  + " sequences a request");
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
      List<Integer> requests, List<Integer> promptTokens, List<Integer> newTokens) {
    List<Scenario> scenarios = new ArrayList<>();
    for (int request : requests) {
      for (int prompt : promptTokens) {
        for (int tokens : newTokens) {
          scenarios.add(Scenario.of(request, prompt, tokens));
        }
      }
    }
    return scenarios;
  }
}
