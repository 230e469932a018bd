package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.residency.Adoption;
import io.fiddler.engine.step.SlicesAhead.Sent;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Way;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The slices of one layer's streamed experts on their way to the device, a few at a time, in the
/// order they are computed: first what was sent ahead. Copies run ahead by as many slices as there
/// is room for. An expert that is to stay goes to its frame at once instead of through slots.
/// Closing gives back what was not computed.
final class SliceStream implements AutoCloseable {
  /// A slot for the slices and the slices at once.
  record Room(Device device, SlotRing slots, int slicesPerSlot, LaneNotes notes) {}

  private final Room room;
  private final LayerWork work;
  private final ExpertFormat format;
  private final List<Job> jobs = new ArrayList<>();
  private final List<Adoption> adoptions = new ArrayList<>();
  private int nextToSend;
  private int nextToCompute;
  private long sentBytes;

  /// Slices `[slice, slice + count)` of the expert of decision `index`, to be copied and computed.
  private static final class Job {
    final int index;
    final int slice;
    final int count;
    final @Nullable Adoption adoption;
    @Nullable Shipment shipment;

    Job(int index, int slice, int count, @Nullable Adoption adoption) {
      this.index = index;
      this.slice = slice;
      this.count = count;
      this.adoption = adoption;
    }
  }

  SliceStream(LayerWork work, SlicesAhead ahead, Room room) {
    this.work = work;
    this.format = work.weights().format();
    this.room = room;
    try {
      boolean[] begun = new boolean[work.plan().decisions().size()];
      addSent(ahead, begun);
      for (int index : work.plan().streamOrder()) {
        if (!begun[index]) {
          addExpert(index);
        }
      }
      letTheLastGoAlone();
      send();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /// Jobs for what is on its way, each expert followed by its slices that did not get there before
  /// the router had run.
  private void addSent(SlicesAhead ahead, boolean[] begun) {
    int last = -1;
    int end = 0;
    for (Sent some : ahead.takeAll()) {
      int index = work.plan().indexOf(some.expert());
      if (index < 0 || work.plan().decisions().get(index).way() != Way.STREAMED) {
        ahead.drop(some);
        continue;
      }
      begun[index] = true;
      Job job = new Job(index, some.firstSlice(), some.count(), null);
      job.shipment = some.shipment();
      jobs.add(job);
      nextToSend = jobs.size();
      last = index;
      end = some.firstSlice() + some.count();
    }
    if (last >= 0) {
      addSlices(last, end, null);
    }
  }

  private void addExpert(int index) {
    ExpertDecision decision = work.plan().decisions().get(index);
    @Nullable Adoption adoption =
        decision.way() == Way.STREAMED
            ? work.resident().adopt(work.layer(), decision.expert())
            : null;
    if (adoption != null) {
      adoptions.add(adoption);
    }
    addSlices(index, format.numSlices() - work.plan().streamedSlices(index), adoption);
  }

  private void addSlices(int index, int from, @Nullable Adoption adoption) {
    for (int slice = from; slice < format.numSlices(); slice += room.slicesPerSlot()) {
      int count = Math.min(room.slicesPerSlot(), format.numSlices() - slice);
      jobs.add(new Job(index, slice, count, adoption));
    }
  }

  /// Nothing is left to overlap with after the last copy, so as little as can be waits for it.
  private void letTheLastGoAlone() {
    if (nextToSend < jobs.size() && jobs.getLast().count > 1) {
      Job job = jobs.removeLast();
      int before = job.count - 1;
      jobs.add(new Job(job.index, job.slice, before, job.adoption));
      jobs.add(new Job(job.index, job.slice + before, 1, job.adoption));
    }
  }

  private void send() {
    while (nextToSend < jobs.size()) {
      Job job = jobs.get(nextToSend);
      ExpertDecision decision = work.plan().decisions().get(job.index);
      MemoryView expert = work.weights().experts().get(decision.expert());
      MemoryView slices = format.slices(expert, job.slice, job.count);
      boolean timed = room.notes().isOn();
      Shipment shipment;
      if (job.adoption != null) {
        MemoryView frame = format.slices(job.adoption.frame(), job.slice, job.count);
        shipment = Shipment.to(frame, slices, room.device(), timed);
      } else if (room.slots().numFree() > 0) {
        shipment = Shipment.through(room.slots().acquire(), slices, timed);
      } else {
        return;
      }
      job.shipment = shipment;
      room.notes().sent(work, decision, job.slice, job.count, shipment);
      sentBytes += slices.sizeBytes();
      nextToSend++;
    }
  }

  /// Bytes sent so far, without those that had been sent ahead.
  long sentBytes() {
    return sentBytes;
  }

  /// Whether everything is on its way, so that free slots may go to the next layer.
  boolean allSent() {
    return nextToSend == jobs.size();
  }

  /// Whether slices are left to compute.
  boolean hasNext() {
    return nextToCompute < jobs.size();
  }

  /// Computes the next slices and sends further ones.
  void computeNext(SliceCompute compute) {
    Job job = jobs.get(nextToCompute);
    Shipment shipment = job.shipment;
    if (shipment == null) {
      throw new IllegalStateException("all slots are held by somebody else");
    }
    nextToCompute++;
    try (shipment) {
      ExpertTask task = task(job, shipment.use());
      Event begin = room.notes().mark();
      compute.run(task);
      room.notes()
          .streamed(work, work.plan().decisions().get(job.index), job.slice, job.count, begin);
    }
    send();
  }

  private ExpertTask task(Job job, MemoryView slices) {
    LayerPlan plan = work.plan();
    ExpertDecision decision = plan.decisions().get(job.index);
    ExpertGroups groups = work.groups();
    int outRow = plan.firstPart(job.index);
    Output output = job.slice == 0 ? Output.SET : Output.ADD;
    if (decision.way() == Way.SPLIT) {
      outRow = plan.slicePart(job.index, job.slice);
      output = plan.sliceOutput(job.index, job.slice);
    }
    return new ExpertTask(
        format,
        slices,
        job.count,
        groups.offset(decision.expert()),
        decision.rows(),
        outRow,
        output);
  }

  /// All was computed: experts that were to stay are resident from now on.
  void finish() {
    adoptions.forEach(Adoption::commit);
    adoptions.clear();
  }

  @Override
  public void close() {
    for (int i = nextToCompute; i < nextToSend; i++) {
      Shipment shipment = jobs.get(i).shipment;
      if (shipment != null) {
        shipment.close();
      }
    }
    nextToCompute = jobs.size();
    nextToSend = jobs.size();
    adoptions.forEach(Adoption::abandon);
    adoptions.clear();
  }

  /// Submits one task to the device.
  @FunctionalInterface
  interface SliceCompute {
    void run(ExpertTask task);
  }
}
