package io.fiddler.engine;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat;

/// How much device memory a model needs besides its resident experts.
///
/// @param kvBlocks blocks of the key/value cache
/// @param buffers size of the activations
record MemoryNeeds(int kvBlocks, StepBuffers.Shape buffers) {
  static final int SLOTS = 4;
}
