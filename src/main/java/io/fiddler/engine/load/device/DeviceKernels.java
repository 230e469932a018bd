package io.fiddler.engine.load.device;

import io.fiddler.kernel.Segments;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// What a device computes with.
///
/// @param segments its kernels
/// @param hostRows where the host's activations must lie for them; null for anywhere
public record DeviceKernels(Segments segments, @Nullable MemoryView hostRows) {}
