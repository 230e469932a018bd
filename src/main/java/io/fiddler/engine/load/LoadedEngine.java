package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.load.device.Resources;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.engine.step.StepRunner;

/// Everything a loaded engine is made of. Owns it all.
///
/// @param model what is served
/// @param selection the device and why it was chosen
/// @param kernels name of the CPU's kernel set
/// @param stepping what makes steps
/// @param latency what decides where experts are computed
/// @param parts what measurements may use
/// @param resources everything that was opened
record LoadedEngine(
    ModelSummary model,
    DeviceSelection selection,
    String kernels,
    Stepping stepping,
    LiveLatency latency,
    EngineParts parts,
    Resources resources)
    implements AutoCloseable {

  DeviceSummary device() {
    Device device = selection.device();
    return new DeviceSummary(
        device.info(),
        selection.reason(),
        takenBytes(device),
        resident().capacity(),
        kernels,
        new DeviceSummary.Cache(
            stepping.cache().tokens(),
            stepping.cache().mostTokens(),
            resident().numLent(),
            stepping.cache().loans().maxFrames()));
  }

  /// What is handed out of the device's memory, and what the process took there before it handed
  /// out any, such as a GPU's context.
  private static long takenBytes(Device device) {
    DeviceMemory memory = device.memory();
    long ofItsOwn = Math.max(0, device.info().memoryBytes() - memory.budgetBytes());
    return ofItsOwn + memory.usedBytes();
  }

  /// The experts on the device.
  ResidentExperts resident() {
    return parts.resident();
  }

  StepRunner runner() {
    return stepping.runner();
  }

  StepLoop loop() {
    return stepping.loop();
  }

  /// What can be served at all.
  ///
  /// @param maxRunning most sequences in a step
  RequestLimits requestLimits(int maxRunning) {
    return new RequestLimits(
        model.config().contextLength(),
        model.config().vocabSize(),
        device().cache().room(),
        maxRunning);
  }

  @Override
  public void close() {
    stepping.loop().close();
    stepping.timelines().close();
    resources.close();
  }
}
