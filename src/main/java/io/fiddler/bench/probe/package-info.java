/// What the machine can do: memory, copies, kernels, alone and together. The limits that results
/// are compared with come from here, measured in the same process as the results.
@NullMarked
package io.fiddler.bench.probe;

import org.jspecify.annotations.NullMarked;
