/// What a key may still use. Limits hold over all replicas: each takes a little in advance, in
/// leases, and spends it without asking. Time is passed in, nothing here waits by itself.
@NullMarked
package io.fiddler.usage.access.limit;

import org.jspecify.annotations.NullMarked;
