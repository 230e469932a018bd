package io.fiddler.bench.plan;

import io.fiddler.bench.plan.PlanRates.Rate;
import io.fiddler.bench.probe.MachineProbe;
import io.fiddler.bench.probe.MachineRates;
import io.fiddler.bench.probe.ProbeOptions;
import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.device.host.HostDevice;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.load.latency.StoredLatencyModels;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import io.fiddler.tensor.ParallelTasks;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the rates to plan with: those that were given, else those an engine has measured here for
/// this model, else those of a quick probe of this machine.
///
/// @param home folder of measured latencies
/// @param threads threads that would compute on the CPU
/// @param options how thoroughly to probe
public record RateSearch(Path home, int threads, ProbeOptions options) {
  private static final long COPY_BYTES = 32L << 20;
  private static final long FILL_BYTES = 4L << 20;

  /// The rates.
  ///
  /// @param given rates of 0 are to be found
  public PlanRates find(PlannedModel model, PlanRates given) {
    return stored(model)
        .orElseGet(() ->
            given.host().bytesPerSecond() > 0 && given.copy().bytesPerSecond() > 0
                ? given
                : probed())
        .replacedBy(given);
  }

  private Optional<PlanRates> stored(PlannedModel model) {
    long expertBytes = model.sizes().expertFormat().expertSizeBytes();
    return model
        .fingerprint()
        .flatMap(new StoredLatencyModels(home)::latest)
        .map(found ->
            PlanRates.of(
                found.model(), expertBytes, "measured by an engine here, " + found.name()));
  }

  private PlanRates probed() {
    try (WorkerPool workers = new WorkerPool(threads);
        HostMemory memory = HostMemory.allocate(options.memoryBytes());
        Device device = DeviceSelection.open(new DeviceOptions(Kind.AUTO, 0, -1)).device()) {
      MemorySegment read = memory.view().segment(MemoryKind.HOST);
      // Untouched pages all map to one page of zeros, which the cache would serve.
      ParallelTasks.run(
          threads, (int) Math.ceilDiv(read.byteSize(), FILL_BYTES), (_, i) -> fill(read, i));
      return device instanceof CudaDevice cuda
          ? onCuda(workers, cuda, read)
          : onHost(workers, read);
    }
  }

  private static void fill(MemorySegment memory, int piece) {
    long from = piece * FILL_BYTES;
    memory.asSlice(from, Math.min(FILL_BYTES, memory.byteSize() - from)).fill((byte) 1);
  }

  private PlanRates onHost(WorkerPool workers, MemorySegment read) {
    try (HostDevice host = new HostDevice()) {
      MachineRates rates =
          new MachineProbe(workers, host, read, List.of(), List.of(), options).measure();
      String missing = "not known, there is no GPU here";
      return new PlanRates(
          new Rate(
              rates.hostRead(), "memory reads, probed here with %d threads".formatted(threads)),
          Rate.unknown(missing),
          Rate.unknown(missing));
    }
  }

  private PlanRates onCuda(WorkerPool workers, CudaDevice cuda, MemorySegment read) {
    try (PinnedMemory source = cuda.pinned(COPY_BYTES, "probing copies");
        Allocation target = cuda.memory().allocate(2 * COPY_BYTES, "probing copies")) {
      List<MemoryView> targets =
          List.of(target.view().slice(0, COPY_BYTES), target.view().slice(COPY_BYTES, COPY_BYTES));
      MachineRates rates =
          new MachineProbe(workers, cuda, read, List.of(source.host()), targets, options).measure();
      String how = "probed here, CPU and copy engine at once";
      return new PlanRates(
          rate(rates.hostReadTogether(), how),
          rate(rates.copyTogether(), how),
          rate(rates.deviceCopy(), "device copies, probed here"));
    }
  }

  private static Rate rate(@Nullable Double bytesPerSecond, String how) {
    return bytesPerSecond == null ? Rate.unknown("not probed") : new Rate(bytesPerSecond, how);
  }
}
