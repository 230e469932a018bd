package io.fiddler.engine.step;

import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Residency;
import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which experts a layer will stream whole, before its router has run: those that the dispatcher
/// would stream if rows went to the experts as they lately did. Only for steps so large that every
/// expert is needed; else nothing is expected, since what is copied in vain delays what is needed.
/// Used from the step thread.
final class ExpectedStream {
  /// Rows an expert gets on average from which on all are expected to get some.
  private static final int ROWS_AN_EXPERT = 2;

  /// Weight of the past when a step is added to it.
  private static final float KEPT = 0.75f;

  private static final int[] NONE = {};

  private final Dispatcher dispatcher;
  private final ResidentExperts resident;

  /// Share of the rows each expert got lately, `[numLayers][numExperts]`.
  private final float[][] share;

  ExpectedStream(Dispatcher dispatcher, ResidentExperts resident) {
    this.dispatcher = dispatcher;
    this.resident = resident;
    ExpertGrid grid = resident.residency().grid();
    this.share = new float[grid.numLayers()][];
    for (int layer = 0; layer < share.length; layer++) {
      share[layer] = new float[grid.numExperts(layer)];
      Arrays.fill(share[layer], 1f / Math.max(1, share[layer].length));
    }
  }

  private boolean allNeeded(int layer, int assignments) {
    return assignments >= ROWS_AN_EXPERT * share[layer].length;
  }

  /// Learns where the rows of a layer went.
  void learn(int layer, ExpertGroups groups) {
    if (allNeeded(layer, groups.numAssignments())) {
      float[] of = share[layer];
      for (int expert = 0; expert < of.length; expert++) {
        float now = (float) groups.count(expert) / groups.numAssignments();
        of[expert] = KEPT * of[expert] + (1 - KEPT) * now;
      }
    }
  }

  /// Experts of `layer` that will be streamed whole, first to be streamed first. Those that a
  /// placement on its way wants are left out: once the router has run they go to their frames.
  ///
  /// @param assignments rows of the step times experts a row
  int[] of(int layer, int numSlices, int assignments) {
    if (!allNeeded(layer, assignments)) {
      return NONE;
    }
    Residency residency = resident.residency();
    List<ExpertLoad> loads = new ArrayList<>(share[layer].length);
    for (int expert = 0; expert < share[layer].length; expert++) {
      int rows = Math.max(1, Math.round(assignments * share[layer][expert]));
      loads.add(new ExpertLoad(expert, rows, residency.isResident(layer, expert)));
    }
    return dispatcher.plan(loads, numSlices).stream()
        .filter(decision -> decision.way() == Way.STREAMED)
        .filter(decision -> !resident.wants(layer, decision.expert()))
        .sorted(ExpertDecision.STREAM_ORDER)
        .mapToInt(ExpertDecision::expert)
        .toArray();
  }
}
