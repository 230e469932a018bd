package io.fiddler.placement.simulation;

import io.fiddler.dispatch.StepBudget;
import io.fiddler.expert.ExpertTrace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/// Traces laid out as the steps they would be run in: so many at once, one admitted as soon as
/// another ends, each step one row of everyone who decodes and then chunks of prompts, as the
/// engine's scheduler cuts them. Which experts the rows choose does not depend on any placement.
final class Workload {
  private final SimulatedModel model;
  private final char[] experts;
  private final int[] rowsOfStep;
  private final int[] decodeRowsOfStep;
  private final int rows;
  private final int decodeRows;
  private int[] nextUse = {};

  private Workload(SimulatedModel model, char[] experts, int[] rowsOfStep, int[] decodeRowsOfStep) {
    this.model = model;
    this.experts = experts;
    this.rowsOfStep = rowsOfStep;
    this.decodeRowsOfStep = decodeRowsOfStep;
    this.rows = Arrays.stream(rowsOfStep).sum();
    this.decodeRows = Arrays.stream(decodeRowsOfStep).sum();
  }

  /// Lays out `traces` in their order.
  ///
  /// @param concurrency how many run at once, at least one
  static Workload of(
      SimulatedModel model, List<ExpertTrace> traces, int concurrency, StepBudget budget) {
    long rows = traces.stream().mapToLong(ExpertTrace::tokens).sum();
    long choices = rows * model.layers().length * model.topK();
    if (choices > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d tokens choose %d experts, too many for one simulation".formatted(rows, choices));
    }
    Builder builder = new Builder(model, (int) rows, (int) choices);
    Queue<ExpertTrace> waiting = new ArrayDeque<>(traces);
    List<Running> running = new ArrayList<>();
    while (true) {
      running.removeIf(Running::isDone);
      while (running.size() < concurrency && !waiting.isEmpty()) {
        ExpertTrace next = waiting.remove();
        model.requireOfThis(next);
        if (next.tokens() > 0) {
          running.add(new Running(next));
        }
      }
      if (running.isEmpty()) {
        return builder.build();
      }
      builder.step(running, budget);
    }
  }

  /// A trace and how far it has come.
  private static final class Running {
    final ExpertTrace trace;
    int at;

    Running(ExpertTrace trace) {
      this.trace = trace;
    }

    boolean isDone() {
      return at == trace.tokens();
    }

    int promptLeft() {
      return Math.max(0, Math.min(trace.promptTokens(), trace.tokens()) - at);
    }
  }

  private static final class Builder {
    private final SimulatedModel model;
    private final int[] firstOfLayer;
    private final int[] expertsOfLayer;
    private final char[] experts;
    private final int[] rows;
    private final int[] decodeRows;
    private int at;
    private int steps;

    Builder(SimulatedModel model, int maxSteps, int choices) {
      this.model = model;
      this.firstOfLayer =
          Arrays.stream(model.layers()).map(layer -> model.grid().indexOf(layer, 0)).toArray();
      this.expertsOfLayer = Arrays.stream(model.layers()).map(model.grid()::numExperts).toArray();
      this.experts = new char[choices];
      this.rows = new int[maxSteps];
      this.decodeRows = new int[maxSteps];
    }

    void step(List<Running> running, StepBudget budget) {
      List<Running> reading = new ArrayList<>();
      int decoding = 0;
      for (Running one : running) {
        if (one.promptLeft() > 0) {
          reading.add(one);
        } else {
          take(one, 1);
          decoding++;
        }
      }
      int left = budget.alone() - decoding;
      if (decoding > 0) {
        left = Math.min(left, budget.besideDecodes());
      }
      int total = decoding;
      for (int i = 0; i < reading.size() && left > 0; i++) {
        int share = Math.ceilDiv(left, reading.size() - i);
        int count = Math.min(share, reading.get(i).promptLeft());
        take(reading.get(i), count);
        left -= count;
        total += count;
      }
      rows[steps] = total;
      decodeRows[steps++] = decoding;
    }

    private void take(Running one, int count) {
      ExpertTrace trace = one.trace;
      short[] choices = trace.choices();
      int source = one.at * trace.numLayers() * trace.topK();
      for (int row = 0; row < count; row++) {
        for (int layer = 0; layer < firstOfLayer.length; layer++) {
          for (int k = 0; k < trace.topK(); k++) {
            int expert = choices[source++];
            if (expert < 0 || expert >= expertsOfLayer[layer]) {
              throw new IllegalArgumentException(
                  "a trace chooses experts in [0, %d), got %d"
                      .formatted(expertsOfLayer[layer], expert));
            }
            experts[at++] = (char) (firstOfLayer[layer] + expert);
          }
        }
      }
      one.at += count;
    }

    Workload build() {
      return new Workload(
          model, experts, Arrays.copyOf(rows, steps), Arrays.copyOf(decodeRows, steps));
    }
  }

  SimulatedModel model() {
    return model;
  }

  int numSteps() {
    return rowsOfStep.length;
  }

  int rows(int step) {
    return rowsOfStep[step];
  }

  /// Rows of a step that decode; they come before those of prompts.
  int decodeRows(int step) {
    return decodeRowsOfStep[step];
  }

  /// Rows of all steps.
  int rows() {
    return rows;
  }

  /// Those that decode.
  int decodeRows() {
    return decodeRows;
  }

  /// Choices of all rows in order of the steps: `[rows, layers with experts, topK]`, each the dense
  /// index of an expert.
  char[] experts() {
    return experts;
  }

  /// Where in {@link #experts} the expert chosen at a place is chosen next; the length where never.
  int[] nextUse() {
    if (nextUse.length < experts.length) {
      int[] next = new int[experts.length];
      int[] latest = new int[model.grid().size()];
      Arrays.fill(latest, experts.length);
      for (int i = experts.length - 1; i >= 0; i--) {
        next[i] = latest[experts[i]];
        latest[experts[i]] = i;
      }
      nextUse = next;
    }
    return nextUse;
  }
}
