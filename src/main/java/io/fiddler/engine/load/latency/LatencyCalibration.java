package io.fiddler.engine.load.latency;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.device.SlotRing;
import io.fiddler.device.SlotRing.Slot;
import io.fiddler.dispatch.LatencyModelFit;
import io.fiddler.dispatch.LatencySamples;
import io.fiddler.dispatch.LatencySamples.Sample;
import io.fiddler.engine.latency.MeasuredLatency;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Measures what one expert costs on each lane of this machine, with the other lane running: reads
/// and copies compete for the same memory. Experts, and on the device slots, are taken in rotation,
/// so that weights come from memory and not from a cache.
public final class LatencyCalibration {
  private static final double MAX_HOST_NANOS = 5e9;
  private static final double MAX_DEVICE_NANOS = 2.5e9;
  private static final double MAX_COPY_NANOS = 1.5e9;

  /// Copies outlast the host's work by this, so that it is never without them.
  private static final double OUTLAST = 1.3;

  /// Copies that are timed together, so that microseconds of waking up do not count.
  private static final double COPIES_NANOS = 2e6;

  private static final int MAX_COPIES = 1024;
  private static final int REPEATS = 7;

  private final List<MemoryView> experts;
  private final ExpertFormat format;
  private final Device device;
  private final ExpertSegment onDevice;
  private final ExpertSegment onHost;
  private final SlotRing slots;
  private final StepBuffers buffers;
  private final int slicesPerSlot;
  private final List<Slot> filled = new ArrayList<>();
  private int turn;

  /// With an engine's parts, while it runs no step.
  ///
  /// @param slots each for one slice at least
  public LatencyCalibration(
      ModelWeights weights,
      Device device,
      ExpertSegment onDevice,
      ExpertSegment onHost,
      SlotRing slots,
      StepBuffers buffers) {
    List<MixtureOfExpertsWeights> layers =
        weights.layers().stream().map(LayerWeights::experts).toList();
    this.experts = layers.stream().flatMap(layer -> layer.experts().stream()).toList();
    this.format = layers.getFirst().format();
    this.device = device;
    this.onDevice = onDevice;
    this.onHost = onHost;
    this.slots = slots;
    this.buffers = buffers;
    this.slicesPerSlot = (int) (slots.slotBytes() / format.sliceSizeBytes());
  }

  /// Measures; takes at most about ten seconds.
  ///
  /// @param progress told what is being measured
  public MeasuredLatency measure(Consumer<String> progress) {
    long start = System.nanoTime();
    try {
      RandomRows.fill(buffers, device);
      fillSlots();
      int maxRows = buffers.shape().maxRows();
      progress.accept("copies, while the CPU computes");
      List<Double> copies = copies();
      double copyNanos = copies.getLast() * slicesPerSlot / format.numSlices();
      List<Sample> host =
          new RowSweep(MAX_HOST_NANOS, REPEATS)
              .run(
                  maxRows,
                  rows -> progress.accept("the CPU with %d rows, while copying".formatted(rows)),
                  (rows, expected) -> hostNanos(rows, expected, copyNanos));
      List<Sample> onTheDevice =
          new RowSweep(MAX_DEVICE_NANOS, REPEATS)
              .run(
                  maxRows,
                  rows -> progress.accept("the device with %d rows".formatted(rows)),
                  (rows, _) -> deviceNanos(rows));
      return new MeasuredLatency(
          LatencyModelFit.fit(new LatencySamples(host, onTheDevice, copies)),
          Instant.now(),
          (System.nanoTime() - start) / 1e9,
          maxRows,
          "the CPU while slices were copied, copies while the CPU computed, the device by itself");
    } finally {
      filled.forEach(Slot::close);
      filled.clear();
    }
  }

  private void fillSlots() {
    while (slots.numFree() > 0) {
      Slot slot = slots.acquire();
      filled.add(slot);
      slot.fill(nextSlices());
    }
    device.copy().record().await();
  }

  /// Nanoseconds of copying an expert while the host computes, by the lane's own clock.
  private List<Double> copies() {
    double one = copyNanos(filled.size(), false);
    int count = (int) Math.clamp(COPIES_NANOS / one, (double) format.numSlices(), MAX_COPIES);
    List<Double> samples = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i == 0 || (i < REPEATS && System.nanoTime() - start < MAX_COPY_NANOS); i++) {
      samples.add(copyNanos(count, true) * format.numSlices() / slicesPerSlot);
    }
    return samples;
  }

  private double copyNanos(int count, boolean whileComputing) {
    Event begin = device.copy().record();
    queueCopies(count);
    Event end = device.copy().record();
    while (whileComputing && !end.isDone()) {
      computeOnHost(1);
    }
    end.await();
    return Math.max(1, (double) (end.doneNanos() - begin.doneNanos()) / count);
  }

  /// Nanoseconds of an expert on the host while slices are copied.
  private double hostNanos(int rows, double expectedNanos, double copyNanos) {
    queueCopies((int) Math.clamp(OUTLAST * expectedNanos / copyNanos, 1.0, MAX_COPIES));
    Event copied = device.copy().record();
    long start = System.nanoTime();
    computeOnHost(rows);
    long nanos = System.nanoTime() - start;
    copied.await();
    return nanos;
  }

  /// Nanoseconds of an expert on the device, by the lane's own clock.
  private double deviceNanos(int rows) {
    MemoryView slices = filled.get(turn++ % filled.size()).use();
    Event begin = device.compute().record();
    ExpertTask task = new ExpertTask(format, slices, slicesPerSlot, 0, rows, 0, Output.SET);
    onDevice.experts(
        List.of(task), buffers.normed().rows(0, rows), identity(rows), buffers.parts());
    Event end = device.compute().record();
    end.await();
    double nanos = end.doneNanos() - begin.doneNanos();
    return Math.max(1, nanos * format.numSlices() / slicesPerSlot);
  }

  private void computeOnHost(int rows) {
    MemoryView expert = experts.get(turn++ % experts.size());
    ExpertTask task = new ExpertTask(format, expert, format.numSlices(), 0, rows, 0, Output.SET);
    onHost.experts(
        List.of(task), buffers.hostNormed().rows(0, rows), identity(rows), buffers.hostParts());
  }

  private void queueCopies(int count) {
    for (int i = 0; i < count; i++) {
      filled.get(turn++ % filled.size()).fill(nextSlices());
    }
  }

  private MemoryView nextSlices() {
    return format.slices(experts.get(turn++ % experts.size()), 0, slicesPerSlot);
  }

  private static int[] identity(int rows) {
    int[] identity = new int[rows];
    Arrays.setAll(identity, i -> i);
    return identity;
  }
}
