package io.fiddler.engine;

import io.fiddler.device.Device;
import io.fiddler.device.SlotRing;
import io.fiddler.device.SlotRing.Slot;
import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures what one expert costs on each lane of this machine. Experts, and on the device slots, are taken in rotation,
/// so that weights come from memory and not from a cache.
final class LatencyCalibration {
  private static final int REPEATS = 7;

  private final List<MemoryView> experts;
  private final ExpertFormat format;
  private final Device device;
  private final ExpertSegment onDevice;
  private final ExpertSegment onHost;
  private final SlotRing slots;
  private final StepBuffers buffers;
  private int turn;

  LatencyCalibration(
      ModelWeights weights,
      Device device,
      ExpertSegment onDevice,
      ExpertSegment onHost,
      SlotRing slots,
      StepBuffers buffers) {
    List<MixtureOfExpertsWeights> layers =
        weights.layers().stream().map(layer -> (MixtureOfExpertsWeights) layer.mlp()).toList();
    this.experts = layers.stream().flatMap(layer -> layer.experts().stream()).toList();
    this.format = layers.getFirst().format();
    this.device = device;
    this.onDevice = onDevice;
    this.onHost = onHost;
    this.slots = slots;
    this.buffers = buffers;
  }

  /// Measures; takes some hundred times as long as one expert.
  LatencyModel measure() {
    List<Slot> filled = new ArrayList<>();
    try {
      while (slots.numFree() > 0) {
        Slot slot = slots.acquire();
        filled.add(slot);
        slot.fill(nextSlice());
      }
      device.copy().record().await();
      List<Point> host = new ArrayList<>();
      List<Point> onTheDevice = new ArrayList<>();
      for (int rows = 1; rows <= buffers.shape().maxRows(); rows *= 2) {
        int count = rows;
        host.add(new Point(rows, median(() -> computeOnHost(count))));
        double slice = median(() -> computeOnDevice(count, filled));
        onTheDevice.add(new Point(rows, slice * format.numSlices()));
      }
      return new LatencyModel(
          new LatencyCurve(host), new LatencyCurve(onTheDevice), copyNanos(filled));
    } finally {
      filled.forEach(Slot::close);
    }
  }

  private double copyNanos(List<Slot> filled) {
    return format.numSlices()
        * median(
            () -> {
              filled.get(turn++ % filled.size()).fill(nextSlice());
              device.copy().record().await();
            });
  }

  private void computeOnHost(int rows) {
    MemoryView expert = experts.get(turn++ % experts.size());
    ExpertTask task =
        new ExpertTask(format, expert, format.numSlices(), 0, rows, 0, Output.SET);
    onHost.experts(
        List.of(task), buffers.hostNormed().rows(0, rows), identity(rows), buffers.hostParts());
  }

  private void computeOnDevice(int rows, List<Slot> filled) {
    MemoryView slice = filled.get(turn++ % filled.size()).use();
    ExpertTask task = new ExpertTask(format, slice, 1, 0, rows, 0, Output.SET);
    onDevice.experts(
        List.of(task), buffers.normed().rows(0, rows), identity(rows), buffers.parts());
    device.compute().record().await();
  }

  private MemoryView nextSlice() {
    return format.slices(experts.get(turn++ % experts.size()), 0, 1);
  }

  private static double median(Runnable work) {
    work.run();
    long[] nanos = new long[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
      long start = System.nanoTime();
      work.run();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[REPEATS / 2];
  }

  private static int[] identity(int rows) {
    int[] identity = new int[rows];
    Arrays.setAll(identity, i -> i);
    return identity;
  }
}
