package io.fiddler.bench.probe;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.kernel.cpu.MemoryProbe;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Probes memory and copy engine, each alone and both together.
public final class MachineProbe {
  private static final int WARM_UPS = 3;

  private final WorkerPool workers;
  private final Device device;
  private final MemorySegment read;
  private final List<MemoryView> sources;
  private final List<MemoryView> targets;
  private final ProbeOptions options;

  /// @param device whose lanes are idle
  /// @param read memory that the workers read; touched before, so that it is not one page of zeros
  /// @param sources equal pieces of host memory to copy to the device, page-locked where the device
  ///   asks for that; unused if the device is the host
  /// @param targets pieces of device memory as long, two at least; unused likewise
  public MachineProbe(
      WorkerPool workers,
      Device device,
      MemorySegment read,
      List<MemoryView> sources,
      List<MemoryView> targets,
      ProbeOptions options) {
    this.workers = workers;
    this.device = device;
    this.read = read;
    this.sources = sources;
    this.targets = targets;
    this.options = options;
  }

  /// Measures everything that this device has.
  public MachineRates measure() {
    for (int i = 0; i < WARM_UPS; i++) {
      readAll(); // compiled by now
    }
    double alone = Together.hostAlone(this::readAll, window()).hostBytesPerSecond();
    if (device.memoryKind() == MemoryKind.HOST) {
      return new MachineRates(workers.workers(), alone, null, null, null, null);
    }
    CopyFeed feed = new CopyFeed(device.copy(), sources, targets);
    double copy = feed.bytesPerSecondAlone(options.nanos());
    Together both = Together.of(this::readAll, feed, window());
    return new MachineRates(
        workers.workers(),
        alone,
        copy,
        both.hostBytesPerSecond(),
        both.copyBytesPerSecond(),
        withinDevice());
  }

  private Together.Window window() {
    return new Together.Window(Long.MAX_VALUE, options.nanos() / 2);
  }

  private long readAll() {
    MemoryProbe.readBytesPerSecond(workers, read);
    return read.byteSize() >> 20 << 20; // whole MiB are read
  }

  /// Device memory to device memory, by the copy lane; each byte is read and written.
  private double withinDevice() {
    int copies = 8;
    while (true) {
      long begin = System.nanoTime();
      for (int i = 0; i < copies; i++) {
        device.copy().copy(targets.get(i % targets.size()), targets.get((i + 1) % targets.size()));
      }
      Event end = device.copy().record();
      end.await();
      long nanos = System.nanoTime() - begin;
      if (nanos >= options.nanos() / 4) {
        return 2.0 * copies * targets.getFirst().sizeBytes() * 1e9 / nanos;
      }
      copies *= 2;
    }
  }
}
