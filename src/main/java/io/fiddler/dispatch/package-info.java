/// Where each expert of a layer is computed in this step, from a measured latency model. Pure:
/// numbers in, plan out.
@NullMarked
package io.fiddler.dispatch;

import org.jspecify.annotations.NullMarked;
