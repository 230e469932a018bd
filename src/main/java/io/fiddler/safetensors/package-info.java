/// The safetensors format: header, shard index, and parallel reading into tensor memory.
@NullMarked
package io.fiddler.safetensors;

import org.jspecify.annotations.NullMarked;
