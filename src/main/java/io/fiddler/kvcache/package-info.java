/// Blocks of the key/value cache: pool and block tables. Pure bookkeeping, no storage.
@NullMarked
package io.fiddler.kvcache;

import org.jspecify.annotations.NullMarked;
