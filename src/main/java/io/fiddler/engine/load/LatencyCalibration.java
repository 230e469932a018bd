package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.SlotRing;
import io.fiddler.device.SlotRing.Slot;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.LatencyModelFit;
import io.fiddler.dispatch.LatencySamples;
import io.fiddler.dispatch.LatencySamples.Sample;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/// Measures what one expert costs on each lane of this machine. Experts, and on the device slots,
/// are taken in rotation, so that weights come from memory and not from a cache.
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
        weights.layers().stream().map(LayerWeights::experts).toList();
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
      List<Sample> host = new ArrayList<>();
      List<Sample> onTheDevice = new ArrayList<>();
      for (int rows = 1; rows <= buffers.shape().maxRows(); rows *= 2) {
        int count = rows;
        measure(1, nanos -> host.add(new Sample(count, nanos)), () -> computeOnHost(count));
        measure(
            format.numSlices(),
            nanos -> onTheDevice.add(new Sample(count, nanos)),
            () -> computeOnDevice(count, filled));
      }
      List<Double> copies = new ArrayList<>();
      measure(format.numSlices(), copies::add, () -> copySlice(filled));
      return LatencyModelFit.fit(new LatencySamples(host, onTheDevice, copies));
    } finally {
      filled.forEach(Slot::close);
    }
  }

  private void copySlice(List<Slot> filled) {
    filled.get(turn++ % filled.size()).fill(nextSlice());
    device.copy().record().await();
  }

  private void computeOnHost(int rows) {
    MemoryView expert = experts.get(turn++ % experts.size());
    ExpertTask task = new ExpertTask(format, expert, format.numSlices(), 0, rows, 0, Output.SET);
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

  /// Times `work`, of which an expert takes `times`, after a first run that does not count.
  private static void measure(int times, DoubleConsumer nanos, Runnable work) {
    work.run();
    for (int i = 0; i < REPEATS; i++) {
      long start = System.nanoTime();
      work.run();
      nanos.accept((double) (System.nanoTime() - start) * times);
    }
  }

  private static int[] identity(int rows) {
    int[] identity = new int[rows];
    Arrays.setAll(identity, i -> i);
    return identity;
  }
}
