package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.load.device.DeviceKernels;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.load.device.DeviceSide;
import io.fiddler.engine.load.device.HostKernels;
import io.fiddler.engine.load.device.MemoryNeeds;
import io.fiddler.engine.load.device.Resources;
import io.fiddler.engine.load.latency.DispatcherChoice;
import io.fiddler.engine.load.latency.LatencyCalibration;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.ExpertLanes;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.tensor.MemoryKind;
import java.util.Set;
import java.util.function.Function;

/// Puts an engine together: device, weights, kernels, memory, latency model, resident experts, step
/// loop. Whatever was opened is closed again if a later part fails.
final class EngineLoader {
  private final EngineOptions options;
  private final InitialPlacement initialPlacement;
  private final EngineListener listener;
  private final PhaseProgress progress;
  private final KernelChoice kernels;
  private final Function<DeviceOptions, DeviceSelection> devices;

  EngineLoader(
      EngineOptions options,
      InitialPlacement initialPlacement,
      EngineListener listener,
      PhaseProgress progress) {
    this(
        options,
        initialPlacement,
        listener,
        progress,
        KernelChoice.of(options.host().kernels()),
        DeviceSelection::open);
  }

  /// With kernels and devices other than those the options ask for.
  EngineLoader(
      EngineOptions options,
      InitialPlacement initialPlacement,
      EngineListener listener,
      PhaseProgress progress,
      KernelChoice kernels,
      Function<DeviceOptions, DeviceSelection> devices) {
    this.options = options;
    this.initialPlacement = initialPlacement;
    this.listener = listener;
    this.progress = progress;
    this.kernels = kernels;
    this.devices = devices;
  }

  /// Loads everything; the loop is not started.
  LoadedEngine load() {
    try {
      LoadPhase.OPENING.tell(progress);
      return load(devices.apply(options.device()));
    } catch (DeviceLaneException e) {
      // From the beginning: the weights may have to be laid out in another way.
      return load(
          DeviceSelection.insteadOf(options.device().kind(), String.valueOf(e.getMessage())));
    }
  }

  private LoadedEngine load(DeviceSelection selection) {
    Resources resources = new Resources();
    try {
      return load(selection, resources);
    } catch (RuntimeException | Error e) {
      try {
        resources.close();
      } catch (IllegalStateException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  private LoadedEngine load(DeviceSelection selection, Resources resources) {
    Device device = resources.own(selection.device());
    DeviceSide side = DeviceSide.of(device, options.lanes().reproducible());
    CpuKernelSet set = kernels.beside(side);

    HostedModel model = HostedModel.read(options, set.expertTiling(), progress, resources);
    MemoryNeeds needs = model.needs(side, options);
    int capacity = capacity(side, model, needs);
    if (side.wantsPageLockedExperts()) {
      LoadMeter locking = LoadPhase.PAGE_LOCKING.meter(progress);
      resources.own(side.pageLock(model.weights(), locking::at));
    }

    LoadPhase.WARMING.tell(progress);
    HostKernels onHost =
        HostKernels.warm(set, options.hostThreads(), model.elementTypes(), resources);
    LoadPhase.PREPARING.tell(progress);
    DeviceKernels kernelsThere =
        side.kernels(onHost, model.config(), model.format(), needs, resources);
    Segments onDevice = kernelsThere.segments();

    LoadMeter filling = LoadPhase.FILLING.meter(progress);
    DeviceRoom room =
        DeviceRoom.allocate(device, model, needs, capacity, kernelsThere.hostRows(), resources);
    if (device.memoryKind() == MemoryKind.DEVICE) {
      long denseBytes = DeviceModel.denseBytes(model.weights());
      filling.at(denseBytes, denseBytes);
    }
    ExpertLanes lanes =
        new ExpertLanes(
            device,
            onDevice,
            onHost.segments(),
            room.slots(),
            room.slicesPerSlot(),
            room.buffers());

    LoadPhase.CHECKING.tell(progress);
    Set<Way> off = FirstExpertCheck.waysOff(side, model, onDevice, room, lanes);
    LatencyCalibration calibration =
        new LatencyCalibration(
            model.weights(), device, onDevice, onHost.segments(), room.slots(), room.buffers());
    String kernelsUsed = set.name(model.format().tiling());
    LiveLatency latency =
        new DispatcherChoice(options, device, model.weights().fingerprint(), kernelsUsed)
            .choose(off, model.format().numSlices(), () -> calibration.measure(this::measuring));
    bring(model, room.resident());

    Stepping stepping = Stepping.of(options, listener, model, onDevice, room, lanes, latency);
    EngineParts parts =
        new EngineParts(
            device,
            onHost.workers(),
            onHost.segments(),
            onDevice,
            room.slots(),
            room.buffers(),
            model.weights(),
            room.resident(),
            stepping.forward(),
            room.cache().blocks());
    return new LoadedEngine(
        model.summary(), selection, kernelsUsed, stepping, latency, parts, resources);
  }

  /// How many experts fit on the device: before any of its memory is taken, so that what does not
  /// fit is said in one sentence.
  private int capacity(DeviceSide side, HostedModel model, MemoryNeeds needs) {
    return needs.expertCapacity(
        side, model.weights(), model.format(), model.grid().size(), options.device().experts());
  }

  private void measuring(String what) {
    LoadPhase.MEASURING.tell(progress, what);
  }

  private void bring(HostedModel model, ResidentExperts resident) {
    VersionedPlacement placement = initialPlacement.choose(model.summary(), resident.capacity());
    long expertBytes = model.format().expertSizeBytes();
    long bytes = placement.placement().experts().size() * expertBytes;
    LoadMeter meter = LoadPhase.BRINGING.meter(progress);
    resident.bring(placement, count -> meter.at(count * expertBytes, bytes));
  }
}
