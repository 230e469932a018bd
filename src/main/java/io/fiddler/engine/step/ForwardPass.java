package io.fiddler.engine.step;

import io.fiddler.device.Event;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.timeline.LaneRecorder;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Residency;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.kvcache.BlockCopy;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// One step through the decoder, see `design.md` section 4: embed, then for each layer attention,
/// router, experts on all lanes and combine. Used from the step thread.
public final class ForwardPass {
  private final DeviceModel model;
  private final ModelConfig config;
  private final Segments segments;
  private final KvStorage cache;
  private final StepBuffers buffers;
  private final ExpertLanes lanes;
  private final LaneNotes notes;
  private final ResidentExperts resident;
  private final Dispatcher dispatcher;
  private final ExpertGroups groups;
  private final ExpectedStream expected;
  private final SliceSums sums;

  public ForwardPass(
      DeviceModel model,
      ModelConfig config,
      Segments segments,
      KvStorage cache,
      StepBuffers buffers,
      ExpertLanes lanes,
      DispatchContext dispatch) {
    this.model = model;
    this.config = config;
    this.segments = segments;
    this.sums = buffers.shape().sums();
    this.cache = cache;
    this.buffers = buffers;
    this.lanes = lanes;
    this.notes = lanes.notes();
    this.resident = dispatch.resident();
    this.dispatcher = dispatch.dispatcher();
    this.expected = new ExpectedStream(dispatcher, resident);
    int maxExperts =
        model.layers().stream().mapToInt(layer -> layer.experts().experts().size()).max().orElse(1);
    this.groups = new ExpertGroups(buffers.shape().maxRows() * buffers.shape().topK(), maxExperts);
  }

  /// What decides where an expert is computed.
  ///
  /// @param dispatcher the decision
  /// @param resident which experts are on the device
  public record DispatchContext(Dispatcher dispatcher, ResidentExperts resident) {}

  /// Told what each layer's router chose and how its experts were computed.
  @FunctionalInterface
  interface LayerObserver {
    /// The router has chosen and nothing is computed yet. May change the choice: kernels that round
    /// differently are compared under the same choices, since one that flips moves logits far.
    default void onRouted(int layer, Routing routing) {}

    /// The arrays behind `routing` are reused after the call.
    void onLayer(int layer, Routing routing, List<ExpertDecision> decisions);
  }

  /// Where the next {@link #run} notes what its lanes do.
  void record(LaneRecorder next) {
    notes.to(next);
  }

  /// Copies blocks of the key/value cache before what is computed from now on.
  void copy(List<BlockCopy> copies) {
    cache.copy(copies);
  }

  /// Computes the rows of `input`; their hidden states stay in the buffers for {@link #logits}. If
  /// it fails, nothing of the step is under way any more.
  void run(StepInput input, LayerObserver observer) {
    try {
      expectStream(0, input.rows());
      lanes.ahead().send();
      segments.embed(model.embedding(), input, buffers.x().rows(0, input.rows()));
      for (int layer = 0; layer < model.layers().size(); layer++) {
        runLayer(layer, input, observer);
      }
    } catch (RuntimeException | Error e) {
      lanes.abandon(e);
      throw e;
    }
  }

  private void runLayer(int layer, StepInput input, LayerObserver observer) {
    long start = System.nanoTime();
    int rows = input.rows();
    Matrix x = buffers.x().rows(0, rows);
    Event attention = notes.mark();
    Routing routing = buffers.routing();
    DeviceModel.Layer weights = model.layers().get(layer);
    segments.attendAndRoute(
        weights.attention(),
        weights.router(),
        cache.layer(layer),
        input,
        x,
        buffers.normed().rows(0, rows),
        buffers.hostNormed().rows(0, rows),
        routing);
    notes.dense("attention", layer, rows, attention);
    observer.onRouted(layer, routing);
    int numExperts = weights.experts().experts().size();
    groups.group(routing.selectedExperts(), rows, routing.topK(), numExperts);
    LayerPlan plan = plan(layer, weights.experts().format().numSlices());
    CombineInput parts =
        lanes.run(
            new LayerWork(layer, weights.experts(), plan, groups, resident),
            () -> {
              expectStream(layer + 1, rows);
              return plan.combine(groups, routing);
            });
    Event combine = notes.mark();
    segments.combine(parts, buffers.parts(), x);
    notes.dense("combine", layer, rows, combine);
    notes.layer(layer, rows, start);
    expected.learn(layer, groups);
    observer.onLayer(layer, routing, plan.decisions());
  }

  /// The copy engine goes on with what this layer will probably need, as soon as it can.
  private void expectStream(int layer, int rows) {
    if (layer < model.layers().size()) {
      MixtureOfExpertsWeights experts = model.layers().get(layer).experts();
      int assignments = rows * buffers.shape().topK();
      lanes
          .ahead()
          .expect(layer, experts, expected.of(layer, experts.format().numSlices(), assignments));
    }
  }

  private LayerPlan plan(int layer, int numSlices) {
    Residency residency = resident.residency();
    SlicesAhead ahead = lanes.ahead();
    ahead.look();
    List<ExpertLoad> loads = new ArrayList<>(groups.numExperts());
    for (int expert = 0; expert < groups.numExperts(); expert++) {
      if (groups.count(expert) > 0) {
        loads.add(
            new ExpertLoad(
                expert,
                groups.count(expert),
                residency.isResident(layer, expert),
                ahead.sentSlices(expert),
                ahead.arrivedSlices(expert)));
      }
    }
    List<ExpertDecision> decisions = dispatcher.plan(loads, numSlices);
    return new LayerPlan(
        LayerPlan.limitSplits(decisions, numSlices, sums, buffers.shape().maxSplitParts()),
        numSlices,
        sums);
  }

  /// Computes everything but the experts, and the logits of each sequence's last row: what a step
  /// costs the device before any expert, for measurements. Overwrites the blocks of `input` in the
  /// key/value cache.
  ///
  /// @param lastRows last row of each sequence
  public void runDense(StepInput input, int[] lastRows, float[] logits) {
    int rows = input.rows();
    Matrix x = buffers.x().rows(0, rows);
    segments.embed(model.embedding(), input, x);
    for (int layer = 0; layer < model.layers().size(); layer++) {
      DeviceModel.Layer weights = model.layers().get(layer);
      segments.attendAndRoute(
          weights.attention(),
          weights.router(),
          cache.layer(layer),
          input,
          x,
          buffers.normed().rows(0, rows),
          buffers.hostNormed().rows(0, rows),
          buffers.routing());
    }
    logits(lastRows, rows, logits);
  }

  /// Logits of some rows of the last {@link #run}.
  ///
  /// @param rows which rows
  /// @param lastRows rows that step had
  /// @param logits at least `[rows.length * vocabSize]`
  void logits(int[] rows, int lastRows, float[] logits) {
    Event head = notes.mark();
    segments.head(
        model.finalNorm(),
        (float) config.rmsNormEps(),
        model.head(),
        rows,
        buffers.x().rows(0, lastRows),
        logits);
    notes.dense("head", -1, rows.length, head);
  }

  /// The activations, for tests that look inside.
  StepBuffers buffers() {
    return buffers;
  }

  /// The dense part, for tests that look inside.
  DeviceModel model() {
    return model;
  }
}
