package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.dispatch.LatencyDispatcher;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.engine.EngineOptions;
import io.fiddler.tensor.MemoryKind;
import java.util.function.Supplier;

/// Finds the dispatcher that the options ask for; for `auto`, with the latency model kept from an
/// earlier start on this machine, or a fresh measurement.
final class DispatcherChoice {
  private final EngineOptions options;
  private final Device device;
  private final LatencyModelFile file;

  /// @param fingerprint of the model
  /// @param kernels name of the kernel set
  DispatcherChoice(EngineOptions options, Device device, String fingerprint, String kernels) {
    this.options = options;
    this.device = device;
    String setUp = device.info().name() + " " + options.hostThreads() + " threads " + kernels;
    this.file = new LatencyModelFile(options.home(), fingerprint, setUp);
  }

  Dispatcher choose(Supplier<LatencyModel> measurement) {
    if (device.memoryKind() == MemoryKind.HOST) {
      // There is nowhere else.
      return FixedDispatcher.HOST;
    }
    return switch (options.dispatch()) {
      case HOST -> FixedDispatcher.HOST;
      case STREAM -> FixedDispatcher.STREAM;
      case SPLIT -> FixedDispatcher.SPLIT;
      case AUTO -> new LatencyDispatcher(file.read().orElseGet(() -> measureAndKeep(measurement)));
    };
  }

  private LatencyModel measureAndKeep(Supplier<LatencyModel> measurement) {
    LatencyModel measured = measurement.get();
    file.write(measured);
    return measured;
  }
}
