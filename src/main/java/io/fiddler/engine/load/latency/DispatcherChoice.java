package io.fiddler.engine.load.latency;

import io.fiddler.device.Device;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.latency.MeasuredLatency;
import io.fiddler.expert.Way;
import io.fiddler.tensor.MemoryKind;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Finds the dispatcher that the options ask for; for `auto`, with the latency model kept from an
/// earlier start on this machine, or a fresh measurement.
public final class DispatcherChoice {
  private final EngineOptions options;
  private final Device device;
  private final LatencyModelFile file;

  /// For a device and a model.
  ///
  /// @param fingerprint of the model
  /// @param kernels name of the kernel set
  public DispatcherChoice(
      EngineOptions options, Device device, String fingerprint, String kernels) {
    this.options = options;
    this.device = device;
    String setUp = device.info().name() + " " + options.hostThreads() + " threads " + kernels;
    this.file = new LatencyModelFile(options.home(), fingerprint, setUp);
  }

  /// The dispatcher that decides from now on.
  ///
  /// @param off ways that must not be used, whatever the options ask for
  /// @param numSlices slices of an expert
  public LiveLatency choose(Set<Way> off, int numSlices, Supplier<MeasuredLatency> measurement) {
    if (device.memoryKind() == MemoryKind.HOST) {
      // There is nowhere else.
      return LiveLatency.fixed(FixedDispatcher.HOST);
    }
    LiveLatency wanted =
        switch (options.dispatch()) {
          case HOST -> LiveLatency.fixed(FixedDispatcher.HOST);
          case STREAM -> LiveLatency.fixed(FixedDispatcher.STREAM);
          case SPLIT -> LiveLatency.fixed(FixedDispatcher.SPLIT);
          case AUTO -> measured(off, numSlices, measurement);
        };
    return wanted.without(off);
  }

  private LiveLatency measured(Set<Way> off, int numSlices, Supplier<MeasuredLatency> measurement) {
    if (off.contains(Way.HOST)) {
      return LiveLatency.fixed(FixedDispatcher.STREAM);
    }
    if (off.contains(Way.STREAMED)) {
      return LiveLatency.fixed(FixedDispatcher.HOST);
    }
    Optional<MeasuredLatency> kept = file.read(options.limits().maxStepTokens());
    MeasuredLatency latency = kept.orElseGet(() -> measureAndKeep(measurement));
    return options.lanes().reproducible()
        ? LiveLatency.frozen(latency, kept.isPresent(), numSlices)
        : LiveLatency.following(latency, kept.isPresent());
  }

  private MeasuredLatency measureAndKeep(Supplier<MeasuredLatency> measurement) {
    MeasuredLatency measured = measurement.get();
    file.write(measured);
    return measured;
  }
}
