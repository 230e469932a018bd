package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.step.ResidentExperts;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.engine.step.StepRunner;
import io.fiddler.engine.timeline.Timelines;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.kvcache.BlockPool;

/// Everything a loaded engine is made of. Owns it all.
///
/// @param model what is served
/// @param selection the device and why it was chosen
/// @param kernels name of the kernel set
/// @param pool the cache's blocks, for limits; used by the step loop only
/// @param resident the experts on the device
/// @param activations counts of the routers' choices
/// @param runner runs steps
/// @param loop the step loop, not yet started
/// @param parts what measurements may use
/// @param latency what decides where experts are computed
/// @param timelines what the lanes do
/// @param resources everything that was opened
record LoadedEngine(
    ModelSummary model,
    DeviceSelection selection,
    String kernels,
    BlockPool pool,
    ResidentExperts resident,
    AtomicActivationCounters activations,
    StepRunner runner,
    StepLoop loop,
    EngineParts parts,
    LiveLatency latency,
    Timelines timelines,
    Resources resources)
    implements AutoCloseable {

  DeviceSummary device() {
    Device device = selection.device();
    return new DeviceSummary(
        device.info(),
        selection.reason(),
        device.memory().usedBytes(),
        resident.capacity(),
        kernels);
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
    long cache = (long) pool.numBlocks() * pool.blockTokens();
    if (positions > cache) {
      throw new IllegalArgumentException(
          "prompt and completion must fit the key/value cache of %d tokens, got %d + %d"
                  .formatted(cache, length, request.maxTokens())
              + " (fiddler.engine.kv-cache-tokens)");
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
    loop.close();
    timelines.close();
    resources.close();
  }
}
