/// PostgreSQL: migrations, repositories and the exactly-once writer.
@NullMarked
package io.fiddler.store;

import org.jspecify.annotations.NullMarked;
