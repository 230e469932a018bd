/// API keys, what was done about them, and what is left of their limits, in PostgreSQL.
@NullMarked
package io.fiddler.store.access;

import org.jspecify.annotations.NullMarked;
