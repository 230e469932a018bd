/// The exactly-once writer of request rows and activation counts.
@NullMarked
package io.fiddler.store.writer;

import org.jspecify.annotations.NullMarked;
