/// The segments on a CPU: the scalar reference, the Vector API kernels, experts on native kernels
/// where the machine has them, and the worker pool they share.
@NullMarked
package io.fiddler.kernel.cpu;

import org.jspecify.annotations.NullMarked;
