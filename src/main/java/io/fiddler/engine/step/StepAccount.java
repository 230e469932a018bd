package io.fiddler.engine.step;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.engine.TouchedExperts;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.AtomicActivationCounters.Tally;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Routing;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.Arrays;
import java.util.List;

/// Counts where the assignments of a step went: for the model as a whole, for each generation and
/// for the step; and lets traced generations record them. Stands between the layers of every step,
/// so it allocates nothing and looks nothing up. Used from the step thread.
final class StepAccount {
  private final AtomicActivationCounters activations;
  private final int[] wayOf;
  private final long[][] byWay = new long[Phase.values().length][Way.values().length];
  private final long[] touched = new long[Way.values().length];

  /// Counts for the model into `activations`.
  StepAccount(AtomicActivationCounters activations) {
    this.activations = activations;
    int most = 0;
    for (int layer = 0; layer < activations.grid().numLayers(); layer++) {
      most = Math.max(most, activations.grid().numExperts(layer));
    }
    this.wayOf = new int[most];
  }

  /// A step begins.
  void begin() {
    for (long[] counts : byWay) {
      Arrays.fill(counts, 0);
    }
    Arrays.fill(touched, 0);
  }

  /// A layer's experts were computed.
  void layer(
      Batch batch,
      List<ActiveGeneration> generations,
      int layer,
      Routing routing,
      List<ExpertDecision> decisions) {
    for (int i = 0; i < decisions.size(); i++) {
      ExpertDecision decision = decisions.get(i);
      wayOf[decision.expert()] = decision.way().ordinal();
      touched[decision.way().ordinal()]++;
    }
    int[] selected = routing.selectedExperts();
    int from = 0;
    for (int s = 0; s < generations.size(); s++) {
      Chunk chunk = batch.chunks().get(s);
      ActiveGeneration generation = generations.get(s);
      Phase phase = chunk.isPrefill() ? Phase.PREFILL : Phase.DECODE;
      int to = from + chunk.count() * routing.topK();
      Tally tally = generation.tally(activations);
      tally.count(phase, layer, selected, from, to);
      long[] own = generation.assignments(phase);
      long[] all = byWay[phase.ordinal()];
      for (int i = from; i < to; i++) {
        int way = wayOf[selected[i]];
        own[way]++;
        all[way]++;
      }
      TraceRecording trace = generation.trace();
      if (trace != null) {
        trace.layer(layer, chunk.from(), chunk.count(), selected, from);
      }
      from = to;
    }
  }

  /// Assignments of the step.
  PhaseAssignments assignments() {
    return new PhaseAssignments(
        AssignmentCounts.of(byWay[Phase.PREFILL.ordinal()]),
        AssignmentCounts.of(byWay[Phase.DECODE.ordinal()]));
  }

  /// Experts that had rows, over all layers.
  TouchedExperts touched() {
    long resident = touched[Way.RESIDENT.ordinal()];
    long all = 0;
    for (long count : touched) {
      all += count;
    }
    return new TouchedExperts(resident, all - resident);
  }
}
