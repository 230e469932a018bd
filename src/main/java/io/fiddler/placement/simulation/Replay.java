package io.fiddler.placement.simulation;

import io.fiddler.placement.simulation.LayerCosts.Cost;
import io.fiddler.placement.simulation.Outcome.Speed;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Runs workloads step by step on a simulated machine. Ends early if its thread is interrupted.
final class Replay {
  private static final int LOOK_EVERY_STEPS = 256;
  private static final double NANOS = 1e9;

  private final SimulatedModel model;
  private final StepRest rest;
  private final @Nullable LayerCosts costs;

  /// For a model on a machine.
  Replay(SimulatedModel model, SimulatedMachine machine) {
    this.model = model;
    this.rest = machine.rest();
    this.costs = machine.costs(model.numSlices()).orElse(null);
  }

  /// What comes of a workload.
  ///
  /// In a step of several rows an expert counts as resident for the latency model if at least half
  /// of its rows found it there; with a fixed placement that is all or none.
  ///
  /// @throws CancellationException if the thread was interrupted
  Outcome run(Workload workload, Holder holder) {
    Sums sums = new Sums();
    Step step = new Step(workload, holder);
    for (int i = 0; i < workload.numSteps(); i++) {
      if (i % LOOK_EVERY_STEPS == 0 && Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the simulation was given up");
      }
      step.run(workload.rows(i), workload.decodeRows(i), sums);
    }
    return sums.outcome(workload);
  }

  /// What has come together.
  private final class Sums {
    long prefillHits;
    long decodeHits;
    long streamedSlices;
    double decodingNanos;
    double promptNanos;

    Outcome outcome(Workload workload) {
      long each = (long) model.layers().length * model.topK();
      long decode = workload.decodeRows() * each;
      long all = workload.rows() * each;
      long hits = prefillHits + decodeHits;
      return new Outcome(
          share(hits, all),
          share(prefillHits, all - decode),
          share(decodeHits, decode),
          all == 0 ? 0 : (double) (all - hits) * model.expertBytes() / workload.rows(),
          costs == null ? null : speed(workload));
    }

    private Speed speed(Workload workload) {
      double sliceBytes = (double) model.expertBytes() / model.numSlices();
      int alone = 0;
      for (int step = 0; step < workload.numSteps(); step++) {
        alone += workload.decodeRows(step) == 0 ? workload.rows(step) : 0;
      }
      return new Speed(
          workload.rows() == 0 ? 0 : streamedSlices * sliceBytes / workload.rows(),
          workload.decodeRows() == 0 ? null : workload.decodeRows() * NANOS / decodingNanos,
          alone == 0 ? null : alone * NANOS / promptNanos);
    }

    private static double share(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }
  }

  /// One step after the other; the arrays are used again.
  private final class Step {
    private final Holder holder;
    private final char[] experts;
    private final int numLayers = model.layers().length;
    private final int topK = model.topK();
    private final int[] rowsOf = new int[model.grid().size()];
    private final int[] hitsOf = new int[model.grid().size()];
    private final char[][] touched = new char[numLayers][model.mostExperts()];
    private final int[] numTouched = new int[numLayers];
    private final int[] loads = new int[model.mostExperts()];
    private final @Nullable Cost[] single = new @Nullable Cost[topK + 1];
    private int place;

    Step(Workload workload, Holder holder) {
      this.holder = holder;
      this.experts = workload.experts();
    }

    void run(int rows, int decodeRows, Sums sums) {
      int decodeEnd = place + decodeRows * numLayers * topK;
      int end = place + rows * numLayers * topK;
      double nanos = rest.at(rows);
      if (rows == 1) {
        nanos += single(decodeRows == 1, sums);
      } else {
        sums.decodeHits += choose(decodeEnd);
        sums.prefillHits += choose(end);
        nanos += layers(sums);
      }
      if (decodeRows > 0) {
        sums.decodingNanos += nanos;
      } else {
        sums.promptNanos += nanos;
      }
    }

    /// A step of one row has few cases: they differ by their hits only.
    private double single(boolean decodes, Sums sums) {
      double nanos = 0;
      long all = 0;
      for (int layer = 0; layer < numLayers; layer++) {
        int hits = 0;
        for (int k = 0; k < topK; k++, place++) {
          hits += holder.holds(place, experts[place]) ? 1 : 0;
        }
        all += hits;
        if (costs != null) {
          Cost cost = single(costs, hits);
          nanos += cost.nanos();
          sums.streamedSlices += cost.streamedSlices();
        }
      }
      if (decodes) {
        sums.decodeHits += all;
      } else {
        sums.prefillHits += all;
      }
      return nanos;
    }

    private Cost single(LayerCosts of, int hits) {
      Cost cost = single[hits];
      if (cost == null) {
        int[] each = new int[topK];
        for (int k = 0; k < topK; k++) {
          each[k] = LayerCosts.expert(1, k < hits);
        }
        cost = of.of(each, topK);
        single[hits] = cost;
      }
      return cost;
    }

    /// Takes the choices up to a place.
    private long choose(int end) {
      long hits = 0;
      while (place < end) {
        for (int layer = 0; layer < numLayers; layer++) {
          for (int k = 0; k < topK; k++, place++) {
            char expert = experts[place];
            if (rowsOf[expert]++ == 0) {
              touched[layer][numTouched[layer]++] = expert;
            }
            if (holder.holds(place, expert)) {
              hitsOf[expert]++;
              hits++;
            }
          }
        }
      }
      return hits;
    }

    private double layers(Sums sums) {
      double nanos = 0;
      for (int layer = 0; layer < numLayers; layer++) {
        int length = numTouched[layer];
        for (int i = 0; i < length; i++) {
          char expert = touched[layer][i];
          loads[i] = LayerCosts.expert(rowsOf[expert], 2 * hitsOf[expert] >= rowsOf[expert]);
          rowsOf[expert] = 0;
          hitsOf[expert] = 0;
        }
        numTouched[layer] = 0;
        if (costs != null) {
          Cost cost = costs.of(loads, length);
          nanos += cost.nanos();
          sums.streamedSlices += cost.streamedSlices();
        }
      }
      return nanos;
    }
  }
}
