/// CUDA as a {@link io.fiddler.device.Device}: context, streams, events, memory, page-locked host
/// memory, kernels, graphs and cuBLAS. The only package that knows JCuda; every status the driver
/// returns is checked in one place, and everything opened is counted until it is closed.
@NullMarked
package io.fiddler.cuda;

import org.jspecify.annotations.NullMarked;
