package io.fiddler.engine.step;

import io.fiddler.device.SlotRing;
import io.fiddler.device.SlotRing.Slot;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Way;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/// The slices of one layer's streamed experts on their way through the slots, in the order they are
/// computed. Copies run ahead by as many slices as there are slots. Closing gives back what was not
/// computed.
final class SliceStream implements AutoCloseable {
  private final SlotRing slots;
  private final ExpertFormat format;
  private final List<Job> jobs;
  private final Queue<Slot> filled = new ArrayDeque<>();
  private int nextToFill;
  private int nextToCompute;

  /// One slice to copy and compute.
  private record Job(MemoryView source, int firstRow, int rows, int outRow, Output output) {}

  SliceStream(
      LayerPlan plan, ExpertGroups groups, MixtureOfExpertsWeights weights, SlotRing slots) {
    this.slots = slots;
    this.format = weights.format();
    this.jobs = jobs(plan, groups, weights);
    fill();
  }

  private static List<Job> jobs(
      LayerPlan plan, ExpertGroups groups, MixtureOfExpertsWeights weights) {
    List<Job> jobs = new ArrayList<>();
    IntStream.range(0, plan.decisions().size())
        .boxed()
        .sorted(Comparator.comparing(plan.decisions()::get, ExpertDecision.STREAM_ORDER))
        .forEach(i -> addJobs(jobs, i, plan, groups, weights));
    return jobs;
  }

  private static void addJobs(
      List<Job> jobs,
      int index,
      LayerPlan plan,
      ExpertGroups groups,
      MixtureOfExpertsWeights weights) {
    ExpertDecision decision = plan.decisions().get(index);
    int rows = decision.rows();
    boolean split = decision.way() == Way.SPLIT;
    int count = plan.streamedSlices(index);
    MemoryView expert = weights.experts().get(decision.expert());
    for (int s = 0; s < count; s++) {
      int slice = weights.format().numSlices() - count + s;
      jobs.add(
          new Job(
              weights.format().slices(expert, slice, 1),
              groups.offset(decision.expert()),
              rows,
              split ? plan.slicePart(index) + s * rows : plan.firstPart(index),
              split || s == 0 ? Output.SET : Output.ADD));
    }
  }

  private void fill() {
    while (nextToFill < jobs.size() && slots.numFree() > 0) {
      Slot slot = slots.acquire();
      filled.add(slot);
      slot.fill(jobs.get(nextToFill++).source());
    }
  }

  /// Bytes that are copied in all.
  long sizeBytes() {
    return jobs.size() * format.sliceSizeBytes();
  }

  /// Whether slices are left.
  boolean hasNext() {
    return nextToCompute < jobs.size();
  }

  /// Computes the next slice and queues further copies.
  void computeNext(SliceCompute compute) {
    Job job = jobs.get(nextToCompute++);
    try (Slot slot = filled.remove()) {
      compute.run(
          new ExpertTask(
              format, slot.use(), 1, job.firstRow(), job.rows(), job.outRow(), job.output()));
    }
    fill();
  }

  @Override
  public void close() {
    filled.forEach(Slot::close);
    filled.clear();
  }

  /// Submits one task to the device.
  @FunctionalInterface
  interface SliceCompute {
    void run(ExpertTask task);
  }
}
