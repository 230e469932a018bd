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
/// for the step; lets traced generations record them; and shares out what the step cost. Stands
/// between the layers of every step, so it allocates nothing and looks nothing up. Used from the
/// step thread.
final class StepAccount {
  private final AtomicActivationCounters activations;
  private final int[] wayOf;
  private final long[][] byWay = new long[Phase.values().length][Way.values().length];
  private final long[] touched = new long[Way.values().length];

  private final CostShares costs = new CostShares();
  private final int numSlices;
  private final int[] hostSlicesOf;
  private final double[] streamedShareOf;

  /// Counts for the model into `activations`.
  ///
  /// @param numSlices slices of an expert
  StepAccount(AtomicActivationCounters activations, int numSlices) {
    this.activations = activations;
    this.numSlices = numSlices;
    int most = 0;
    for (int layer = 0; layer < activations.grid().numLayers(); layer++) {
      most = Math.max(most, activations.grid().numExperts(layer));
    }
    this.wayOf = new int[most];
    this.hostSlicesOf = new int[most];
    this.streamedShareOf = new double[most];
  }

  /// A step of so many chunks begins.
  void begin(int chunks) {
    costs.begin(chunks);
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
      Way way = decision.way();
      wayOf[decision.expert()] = way.ordinal();
      touched[way.ordinal()]++;
      hostSlicesOf[decision.expert()] = decision.hostSlices();
      int streamed = way == Way.RESIDENT ? 0 : numSlices - decision.hostSlices();
      // An expert is streamed once for all its rows.
      streamedShareOf[decision.expert()] = (double) streamed / decision.rows();
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
      double hostSlices = 0;
      double streamed = 0;
      for (int i = from; i < to; i++) {
        int way = wayOf[selected[i]];
        own[way]++;
        all[way]++;
        hostSlices += hostSlicesOf[selected[i]];
        streamed += streamedShareOf[selected[i]];
      }
      costs.add(s, chunk.count(), hostSlices, streamed);
      TraceRecording trace = generation.trace();
      if (trace != null) {
        trace.layer(layer, chunk.from(), chunk.count(), selected, from);
      }
      from = to;
    }
  }

  /// Shares the costs of the step out to its generations, each chunk's by its rows: the host's time
  /// by the slices that the host computed for them, the bytes streamed by the experts they were
  /// streamed for.
  ///
  /// @return the host's time for each chunk, which the next step overwrites
  long[] share(List<ActiveGeneration> generations, long hostNanos, long streamedBytes) {
    costs.share(hostNanos, streamedBytes);
    for (int s = 0; s < generations.size(); s++) {
      generations.get(s).charge(costs.hostNanos()[s], costs.streamedBytes()[s]);
    }
    return costs.hostNanos();
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
