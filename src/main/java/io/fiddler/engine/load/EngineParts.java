package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.SlotRing;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.step.ForwardPass;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.model.ModelWeights;

/// What a loaded engine computes with, lent to a measurement while no step runs: see {@link
/// FiddlerEngine#measure}. Everything stays the engine's.
///
/// @param device whose lanes are idle
/// @param workers the CPU's threads; the calling thread is the first
/// @param onHost experts on the CPU
/// @param onDevice experts on the device
/// @param slots all free; what they hold may be overwritten
/// @param buffers activations; may be overwritten
/// @param weights on the host
/// @param resident experts on the device
/// @param forward for the dense part
/// @param blocks of the key/value cache; may be overwritten
public record EngineParts(
    Device device,
    WorkerPool workers,
    ExpertSegment onHost,
    ExpertSegment onDevice,
    SlotRing slots,
    StepBuffers buffers,
    ModelWeights weights,
    ResidentExperts resident,
    ForwardPass forward,
    BlockRange blocks) {}
