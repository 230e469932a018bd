/// The life of placements in PostgreSQL: journal, pins, what was achieved, and the turn to plan.
@NullMarked
package io.fiddler.store.version;

import org.jspecify.annotations.NullMarked;
