/// What one transaction of the writer puts into the database, in memory and in the spool alike.
@NullMarked
package io.fiddler.store.batch;

import org.jspecify.annotations.NullMarked;
