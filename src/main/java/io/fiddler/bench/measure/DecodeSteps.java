package io.fiddler.bench.measure;

import java.util.ArrayList;
import java.util.List;

/// The steps of some rounds in which every request got a token and nothing else was done.
///
/// @param steps in order
/// @param seconds of each, with what lies between it and the one before
record DecodeSteps(List<TimedStep> steps, List<Double> seconds) {
  static DecodeSteps of(Scenario scenario, List<Round> rounds) {
    List<TimedStep> steps = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    for (Round round : rounds) {
      for (int i = 1; i < round.steps().size(); i++) {
        TimedStep step = round.steps().get(i);
        if (!step.isPrefill() && step.report().decodeRows() == scenario.sequences()) {
          steps.add(step);
          seconds.add((step.endNanos() - round.steps().get(i - 1).endNanos()) / 1e9);
        }
      }
    }
    return new DecodeSteps(steps, seconds);
  }
}
