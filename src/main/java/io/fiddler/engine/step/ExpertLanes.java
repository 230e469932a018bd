package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.expert.Way;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertSegment.Started;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Computes the experts of one layer on all lanes at once: the copy engine fills slots with the
/// slices of streamed experts, the device computes resident experts and filled slots, the host
/// computes the others (paper, [arXiv 2402.07033](https://arxiv.org/abs/2402.07033), section 3.2).
/// Used from the step thread.
public final class ExpertLanes {
  /// The workers claim units in this order, and wait for the last ones: small ones.
  private static final Comparator<ExpertTask> MOST_WORK_FIRST =
      Comparator.comparingInt((ExpertTask task) -> task.numSlices() * task.rowCount()).reversed();

  private final Device device;
  private final ExpertSegment onDevice;
  private final ExpertSegment onHost;
  private final StepBuffers buffers;
  private final LaneNotes notes;
  private final SliceStream.Room room;
  private final SlicesAhead ahead;
  private long sentBytes;
  private long hostNanos;

  /// @param slots each for `slicesPerSlot` slices
  public ExpertLanes(
      Device device,
      ExpertSegment onDevice,
      ExpertSegment onHost,
      SlotRing slots,
      int slicesPerSlot,
      StepBuffers buffers) {
    this.device = device;
    this.onDevice = onDevice;
    this.onHost = onHost;
    this.buffers = buffers;
    this.notes = new LaneNotes(device);
    this.room = new SliceStream.Room(device, slots, slicesPerSlot, notes);
    this.ahead = new SlicesAhead(slots, slicesPerSlot, notes);
  }

  /// What is sent before the next layer's router has run.
  SlicesAhead ahead() {
    return ahead;
  }

  /// What lanes do is noted here.
  LaneNotes notes() {
    return notes;
  }

  /// Bytes streamed so far, the wasted ones included.
  long streamedBytes() {
    return sentBytes + ahead.sentBytes();
  }

  /// Bytes sent ahead so far for experts that got no rows.
  long wastedBytes() {
    return ahead.wastedBytes();
  }

  /// Time the host lane was busy so far.
  long hostNanos() {
    return hostNanos;
  }

  /// Brings the results of all experts of a layer into the parts, on the device; uses what was sent
  /// ahead.
  ///
  /// @param meanwhile done by the caller once all lanes have something to do: tells what the next
  ///   layer is expected to stream, which then follows this layer's slices
  /// @return what `meanwhile` gave
  <T> T run(LayerWork work, Supplier<T> meanwhile) {
    List<ExpertTask> hostTasks = hostTasks(work);
    T done;
    if (device.compute().runsOnCaller()) {
      try (SliceStream stream = new SliceStream(work, ahead, room)) {
        // The copies already queued go on while the caller computes the host's share.
        computeOnHost(hostTasks, work);
        done = meanwhile.get();
        runDevice(work, stream);
        sentBytes += stream.sentBytes();
        stream.finish();
      }
    } else {
      // The host gets to work before anything is submitted, since every submission takes time.
      @Nullable Started host = hostTasks.isEmpty() ? null : begin(hostTasks, work);
      done = feedDevice(work, host, meanwhile);
    }
    bringHostParts(work.plan().hostParts());
    return done;
  }

  /// The host's work is finished whatever happens: nobody may still write to buffers that the next
  /// step uses.
  private <T> T feedDevice(LayerWork work, @Nullable Started host, Supplier<T> meanwhile) {
    T done;
    try (SliceStream stream = new SliceStream(work, ahead, room)) {
      done = meanwhile.get();
      runDevice(work, stream);
      sentBytes += stream.sentBytes();
      stream.finish();
    } catch (RuntimeException | Error e) {
      try {
        finish(work, host);
      } catch (RuntimeException | Error onHost) {
        e.addSuppressed(onHost);
      }
      throw e;
    }
    finish(work, host);
    return done;
  }

  /// After a step that failed: gives back what was sent ahead and waits until no lane works on it
  /// any more. What else fails meanwhile is the same step's failure.
  void abandon(Throwable failure) {
    ahead.clear();
    awaitEnd(device.copy().record()::await, failure);
    awaitEnd(device.compute().record()::await, failure);
  }

  private static void awaitEnd(Runnable await, Throwable failure) {
    try {
      await.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static List<ExpertTask> hostTasks(LayerWork work) {
    ExpertFormat format = work.weights().format();
    LayerPlan plan = work.plan();
    List<ExpertTask> tasks = new ArrayList<>(plan.decisions().size());
    for (int i = 0; i < plan.decisions().size(); i++) {
      ExpertDecision decision = plan.decisions().get(i);
      if (decision.hostSlices() > 0) {
        MemoryView expert = work.weights().experts().get(decision.expert());
        MemoryView slices = format.slices(expert, 0, decision.hostSlices());
        tasks.add(task(work, i, slices, decision.hostSlices()));
      }
    }
    tasks.sort(MOST_WORK_FIRST);
    return tasks;
  }

  private void computeOnHost(List<ExpertTask> tasks, LayerWork work) {
    if (!tasks.isEmpty()) {
      long start = System.nanoTime();
      onHost.experts(
          tasks, buffers.hostNormed(), work.groups().rowOfGrouped(), buffers.hostParts());
      long end = System.nanoTime();
      hostNanos += end - start;
      notes.host(work, start, end);
    }
  }

  private Started begin(List<ExpertTask> tasks, LayerWork work) {
    return onHost.begin(
        tasks, buffers.hostNormed(), work.groups().rowOfGrouped(), buffers.hostParts());
  }

  private void finish(LayerWork work, @Nullable Started host) {
    if (host != null) {
      host.finish();
      hostNanos += host.endNanos() - host.startNanos();
      notes.host(work, host);
    }
  }

  private void runDevice(LayerWork work, SliceStream stream) {
    computeResident(work);
    if (stream.allSent()) {
      ahead.send();
    }
    while (stream.hasNext()) {
      stream.computeNext(task -> compute(List.of(task), work));
      if (stream.allSent()) {
        ahead.send();
      }
    }
  }

  private void computeResident(LayerWork work) {
    LayerPlan plan = work.plan();
    List<ExpertTask> tasks = new ArrayList<>(plan.decisions().size());
    for (int i = 0; i < plan.decisions().size(); i++) {
      ExpertDecision decision = plan.decisions().get(i);
      if (decision.way() == Way.RESIDENT) {
        MemoryView expert = work.resident().view(work.layer(), decision.expert());
        tasks.add(task(work, i, expert, work.weights().format().numSlices()));
      }
    }
    if (!tasks.isEmpty()) {
      Event begin = notes.mark();
      compute(tasks, work);
      notes.resident(work, begin);
    }
  }

  private static ExpertTask task(LayerWork work, int index, MemoryView slices, int numSlices) {
    ExpertDecision decision = work.plan().decisions().get(index);
    return new ExpertTask(
        work.weights().format(),
        slices,
        numSlices,
        work.groups().offset(decision.expert()),
        decision.rows(),
        work.plan().firstPart(index),
        Output.SET);
  }

  private void compute(List<ExpertTask> tasks, LayerWork work) {
    onDevice.experts(tasks, buffers.normed(), work.groups().rowOfGrouped(), buffers.parts());
  }

  /// By the compute lane: behind the slices sent ahead, a few KiB would wait for milliseconds.
  private void bringHostParts(int count) {
    if (count > 0 && device.memoryKind() == MemoryKind.DEVICE) {
      MemoryView from = buffers.hostParts().rows(0, count).memory();
      device.compute().copy(from, buffers.parts().rows(0, count).memory());
    }
  }
}
