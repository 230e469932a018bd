package io.fiddler.usage;

import java.time.Duration;

/// Brings what is buffered to the database. Blocking.
@FunctionalInterface
public interface StoreFlush {
  /// Whether everything handed over before the call was committed within `timeout`; false also if
  /// the database does not answer.
  boolean flush(Duration timeout);
}
