package io.fiddler.engine.step;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.fiddler.device.Device;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Way;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelWeights;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Computes one expert the way a step does, on the lanes that a decision names, before the first
/// step.
public final class LaneProbe {
  private final ModelWeights weights;
  private final Device device;
  private final Segments segments;
  private final StepBuffers buffers;
  private final ExpertLanes lanes;
  private final ResidentExperts resident;

  /// @param segments of the device
  public LaneProbe(
      ModelWeights weights,
      Device device,
      Segments segments,
      StepBuffers buffers,
      ExpertLanes lanes,
      ResidentExperts resident) {
    this.weights = weights;
    this.device = device;
    this.segments = segments;
    this.buffers = buffers;
    this.lanes = lanes;
    this.resident = resident;
  }

  /// Brings an expert to the device; the next placement may take it away again.
  public void reside(ExpertId id) {
    Placement alone =
        new Placement(
            List.of(new ScoredExpert(id, 1)), "self-check", Map.of(), new HitRateForecast(0, 0, 0));
    resident.bring(new VersionedPlacement(0, alone), _ -> {});
  }

  /// What an expert makes of the first rows of the experts' input, which is there already on both
  /// sides.
  ///
  /// @param rows how many rows
  /// @param way how it is computed; a split one as evenly as its slices allow
  /// @return `[rows][hiddenSize]`
  public float[][] run(ExpertId id, int rows, Way way) {
    MixtureOfExpertsWeights layer = weights.layers().get(id.layer()).experts();
    int numSlices = layer.format().numSlices();
    int hostSlices =
        switch (way) {
          case RESIDENT, STREAMED -> 0;
          case SPLIT -> numSlices / 2;
          case HOST -> numSlices;
        };
    Routing routing = new Routing(rows, 1);
    routing.rows(rows);
    Arrays.fill(routing.selectedExperts(), id.expert());
    Arrays.fill(routing.routingWeights(), 1);
    ExpertGroups groups = new ExpertGroups(rows, layer.experts().size());
    groups.group(routing.selectedExperts(), rows, 1, layer.experts().size());
    LayerPlan plan =
        new LayerPlan(
            List.of(new ExpertDecision(id.expert(), rows, way, hostSlices)),
            numSlices,
            SliceSums.TOGETHER);
    Matrix x = buffers.x().rows(0, rows);
    try (HostMemory host = HostMemory.allocate(x.sizeBytes())) { // zeroed
      MemoryView hostX = host.view();
      transfer(hostX, x.memory());
      CombineInput parts =
          lanes.run(
              new LayerWork(id.layer(), layer, plan, groups, resident),
              () -> plan.combine(groups, routing));
      segments.combine(parts, buffers.parts(), x);
      transfer(x.memory(), hostX);
      return rows(hostX.segment(MemoryKind.HOST), rows, x.cols());
    }
  }

  /// Copies after what the compute lane was given so far, and lets it go on after the copy.
  private void transfer(MemoryView source, MemoryView target) {
    device.copy().waitFor(device.compute().record());
    device.copy().copy(source, target);
    device.copy().record().await();
  }

  private static float[][] rows(MemorySegment memory, int rows, int cols) {
    float[][] values = new float[rows][cols];
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(memory, JAVA_FLOAT, (long) row * cols * Float.BYTES, values[row], 0, cols);
    }
    return values;
  }
}
