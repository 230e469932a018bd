/// Keeps the database small and fast while the service runs: partitions made ahead, hours rolled up
/// to days, and what is too old dropped.
@NullMarked
package io.fiddler.store.upkeep;

import org.jspecify.annotations.NullMarked;
