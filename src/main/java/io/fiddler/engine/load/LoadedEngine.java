package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.GenerationRequest;
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

  /// @throws IllegalArgumentException if the request can never be served
  void requireServable(GenerationRequest request) {
    int length = request.promptTokens().length;
    int context = model.config().contextLength();
    if (length == 0) {
      throw new IllegalArgumentException("the prompt must have at least one token, got none");
    }
    if (request.maxTokens() < 0) {
      throw new IllegalArgumentException(
          "maxTokens must not be negative, got " + request.maxTokens());
    }
    long positions = (long) length + request.maxTokens();
    if (positions > context) {
      throw new IllegalArgumentException(
          "prompt and completion must fit the context of %d tokens, got %d + %d"
              .formatted(context, length, request.maxTokens()));
    }
    long cache = stepping.cache().mostTokens();
    if (positions > cache) {
      throw new IllegalArgumentException(
          "prompt and completion must fit the key/value cache of %d tokens, got %d + %d"
                  .formatted(cache, length, request.maxTokens())
              + " (fiddler.engine.kv-cache-tokens, fiddler.engine.kv-cache-max-share)");
    }
    for (int token : request.promptTokens()) {
      if (token < 0 || token >= model.config().vocabSize()) {
        throw new IllegalArgumentException(
            "token ids must be in [0, %d), got %d".formatted(model.config().vocabSize(), token));
      }
    }
  }

  @Override
  public void close() {
    stepping.loop().close();
    stepping.timelines().close();
    resources.close();
  }
}
