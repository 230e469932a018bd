package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Way;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Computes the experts of one layer on all lanes at once: the copy engine fills slots with the
/// slices of streamed experts, the device computes resident experts and filled slots, the host
/// computes the others (paper, [arXiv 2402.07033](https://arxiv.org/abs/2402.07033), section 3.2).
/// Used from the step thread.
public final class ExpertLanes {
  private final Device device;
  private final ExpertSegment onDevice;
  private final ExpertSegment onHost;
  private final SlotRing slots;
  private final StepBuffers buffers;
  private long streamedBytes;
  private long hostNanos;

  public ExpertLanes(
      Device device,
      ExpertSegment onDevice,
      ExpertSegment onHost,
      SlotRing slots,
      StepBuffers buffers) {
    this.device = device;
    this.onDevice = onDevice;
    this.onHost = onHost;
    this.slots = slots;
    this.buffers = buffers;
  }

  /// Bytes streamed so far.
  long streamedBytes() {
    return streamedBytes;
  }

  /// Time the host lane was busy so far.
  long hostNanos() {
    return hostNanos;
  }

  /// Brings the results of all experts of a layer into the parts, on the device.
  ///
  /// @param resident bytes of a resident expert, on the device
  void run(
      LayerPlan plan,
      ExpertGroups groups,
      MixtureOfExpertsWeights weights,
      IntFunction<MemoryView> resident) {
    try (SliceStream stream = new SliceStream(plan, groups, weights, slots)) {
      streamedBytes += stream.sizeBytes();
      if (device.compute().runsOnCaller()) {
        // The copies already queued go on while the caller computes the host's share.
        runHost(plan, groups, weights);
        runDevice(plan, groups, weights, resident, stream);
      } else {
        runDevice(plan, groups, weights, resident, stream);
        runHost(plan, groups, weights);
      }
    }
    bringHostParts(plan.hostParts());
  }

  private void runHost(LayerPlan plan, ExpertGroups groups, MixtureOfExpertsWeights weights) {
    List<ExpertTask> tasks = new ArrayList<>();
    for (int i = 0; i < plan.decisions().size(); i++) {
      ExpertDecision decision = plan.decisions().get(i);
      if (decision.hostSlices() > 0) {
        MemoryView expert = weights.experts().get(decision.expert());
        tasks.add(
            new ExpertTask(
                weights.format(),
                weights.format().slices(expert, 0, decision.hostSlices()),
                decision.hostSlices(),
                groups.offset(decision.expert()),
                decision.rows(),
                plan.firstPart(i),
                Output.SET));
      }
    }
    if (!tasks.isEmpty()) {
      long start = System.nanoTime();
      onHost.experts(tasks, buffers.hostNormed(), groups.rowOfGrouped(), buffers.hostParts());
      hostNanos += System.nanoTime() - start;
    }
  }

  private void runDevice(
      LayerPlan plan,
      ExpertGroups groups,
      MixtureOfExpertsWeights weights,
      IntFunction<MemoryView> resident,
      SliceStream stream) {
    List<ExpertTask> tasks = new ArrayList<>();
    for (int i = 0; i < plan.decisions().size(); i++) {
      ExpertDecision decision = plan.decisions().get(i);
      if (decision.way() == Way.RESIDENT) {
        tasks.add(
            new ExpertTask(
                weights.format(),
                resident.apply(decision.expert()),
                weights.format().numSlices(),
                groups.offset(decision.expert()),
                decision.rows(),
                plan.firstPart(i),
                Output.SET));
      }
    }
    if (!tasks.isEmpty()) {
      compute(tasks, groups);
    }
    while (stream.hasNext()) {
      stream.computeNext(task -> compute(List.of(task), groups));
    }
  }

  private void compute(List<ExpertTask> tasks, ExpertGroups groups) {
    onDevice.experts(tasks, buffers.normed(), groups.rowOfGrouped(), buffers.parts());
  }

  private void bringHostParts(int count) {
    if (count > 0 && device.memoryKind() == MemoryKind.DEVICE) {
      MemoryView from = buffers.hostParts().rows(0, count).memory();
      device.copy().copy(from, buffers.parts().rows(0, count).memory());
      device.compute().waitFor(device.copy().record());
    }
  }
}
