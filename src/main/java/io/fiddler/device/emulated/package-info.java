/// A device emulated on the CPU, with a memory budget and copies of its own, so that placement,
/// streaming, eviction and splitting run in every build as on a GPU.
@NullMarked
package io.fiddler.device.emulated;

import org.jspecify.annotations.NullMarked;
