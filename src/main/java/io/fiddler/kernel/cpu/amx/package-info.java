/// The binding to the native kernels in `kernels/cpu`: experts in bf16 on the tile registers of
/// AMX.
@NullMarked
package io.fiddler.kernel.cpu.amx;

import org.jspecify.annotations.NullMarked;
