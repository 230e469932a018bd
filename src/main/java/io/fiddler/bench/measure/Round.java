package io.fiddler.bench.measure;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.beam.BeamParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// A scenario run once: all its generations submitted together, with prompts of random tokens.
///
/// @param startNanos when they were submitted
/// @param firstTokenSeconds of those that had a first token
/// @param steps all steps, in order
/// @param cut whether time ran out and generations were cancelled
record Round(long startNanos, List<Double> firstTokenSeconds, List<TimedStep> steps, boolean cut) {
  private static final String TENANT = "bench";

  /// Runs a round; returns when the engine is idle again.
  ///
  /// @param seed of the prompts
  /// @param deadlineNanos when to give up, on the clock of {@link System#nanoTime}
  /// @throws RuntimeException what a generation failed with
  static Round run(
      FiddlerEngine engine, StepLog log, Scenario scenario, long seed, long deadlineNanos) {
    List<GenerationEnd> endings = new ArrayList<>();
    List<Generation> generations = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    log.take();
    // From the step thread, so that all of them are there when the next step begins.
    long start =
        engine.measure(_ -> {
          long now = System.nanoTime();
          for (int i = 0; i < scenario.requests(); i++) {
            GenerationEnd ending = new GenerationEnd("a generation");
            endings.add(ending);
            generations.add(engine.submit(request(engine, scenario, random.split()), ending));
          }
          return now;
        });
    boolean cut = false;
    for (GenerationEnd ending : endings) {
      cut |= !ending.isDoneBy(deadlineNanos);
      if (cut) {
        generations.forEach(Generation::cancel);
      }
    }
    List<GenerationReport> reports = endings.stream().map(GenerationEnd::report).toList();
    engine.measure(_ -> 0); // after the report of the last step
    List<Double> firstTokens =
        reports.stream()
            .filter(report -> report.firstTokenNanos() > 0)
            .map(report -> report.firstTokenNanos() / 1e9)
            .toList();
    return new Round(start, firstTokens, log.take(), cut);
  }

  private static GenerationRequest request(
      FiddlerEngine engine, Scenario scenario, SplittableRandom random) {
    int vocabSize = engine.model().config().vocabSize();
    return new GenerationRequest(
        Origin.of(TENANT),
        random.ints(scenario.promptTokens(), 0, vocabSize).toArray(),
        scenario.newTokens(),
        scenario.beams() == 1
            ? Decoding.sampled(SamplingParameters.greedy())
            : new Decoding.Beams(BeamParameters.ofWidth(scenario.beams())),
        Set.of(),
        true,
        -1,
        false);
  }
}
