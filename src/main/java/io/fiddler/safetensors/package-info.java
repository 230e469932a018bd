/// The safetensors format: header, shard index, reading and writing of tensors from any thread.
@NullMarked
package io.fiddler.safetensors;

import org.jspecify.annotations.NullMarked;
