package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.LaneOptions;
import java.util.Locale;
import java.util.Map;

/// The options that say what an engine runs on.
///
/// @param device which device, how much of it, how many experts on it
/// @param host threads and kernels of the CPU
/// @param dispatch how experts that are not resident are computed
/// @param lanes whether tokens may depend on what else runs
record EngineSetup(DeviceOptions device, HostOptions host, DispatchMode dispatch, Lanes lanes) {
  /// What the lanes are chosen for.
  enum Lanes {
    FASTEST,
    REPRODUCIBLE
  }

  static final String USAGE =
      """
        --device=auto|cuda|emulated|none   where (default auto)
        --device-memory=SIZE     everything taken on the device, such as 24GiB (default: the device's)
        --experts=N              resident experts (default: as many as fit)
        --threads=N              threads that compute on the CPU (default: processors less one)
        --kernels=auto|float32|fastest   kernels of the CPU (default auto: the fastest beside a GPU,
                                 which may round to bf16 as it does; else float32)
        --dispatch=auto|host|stream|split   how experts that are not resident are computed (default auto)
        --lanes=fastest|reproducible   reproducible: the same tokens for a request whatever else runs, as
                                 fiddler.dispatch.reproducible=true serves them (default fastest)
      """;

  private static final String DEVICE_MEMORY = "device-memory";

  static EngineSetup of(CommandLine line) {
    int processors = Runtime.getRuntime().availableProcessors();
    long memoryBytes = line.bytes(DEVICE_MEMORY, 0);
    return new EngineSetup(
        new DeviceOptions(
            line.constant("device", Kind.class, Kind.AUTO),
            memoryBytes,
            line.integer("experts", -1, 0)),
        new HostOptions(
            line.integer("threads", Math.max(1, processors - 1), 1),
            line.constant("kernels", Kernels.class, Kernels.AUTO)),
        line.constant("dispatch", DispatchMode.class, DispatchMode.AUTO),
        line.constant("lanes", Lanes.class, Lanes.FASTEST));
  }

  /// With the skew of a synthetic model's routers in its name.
  static String modelWithSkew(String model, String skew) {
    if (!model.startsWith("synthetic:")) {
      throw new UsageException(
          "--skew is for the routers of synthetic models, got the model " + model);
    }
    return model + (model.contains("?") ? "&" : "?") + "skew=" + skew;
  }

  /// How the lanes are chosen and watched.
  LaneOptions laneOptions(int timelineEvery) {
    return new LaneOptions(lanes == Lanes.REPRODUCIBLE, timelineEvery);
  }

  /// Puts the options, as they are in force, among those of a report.
  void describe(Map<String, String> options) {
    options.put("device", lower(device.kind()));
    options.put(DEVICE_MEMORY, device.memoryBytes() + " bytes");
    options.put("experts", Integer.toString(device.experts()));
    options.put("threads", Integer.toString(host.threads()));
    options.put("kernels", lower(host.kernels()));
    options.put("dispatch", lower(dispatch));
    options.put("lanes", lower(lanes));
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
