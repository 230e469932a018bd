/// Puts an engine together: device, memory, kernels, latency model, resident experts; and its life
/// from loading to closing.
@NullMarked
package io.fiddler.engine.load;

import org.jspecify.annotations.NullMarked;
