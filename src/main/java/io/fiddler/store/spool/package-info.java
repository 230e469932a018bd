/// Batches on disk while the database does not take them: one append-only file a process, with a
/// CRC a record, which a later process writes to the database if its owner died.
@NullMarked
package io.fiddler.store.spool;

import org.jspecify.annotations.NullMarked;
