package io.fiddler.engine.step;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls listeners. Whatever one throws stays here: it must not end the step loop, nor keep others
/// from being told. Used from the step thread.
final class ListenerGuard {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerGuard.class);

  private long failures;

  /// Calls one.
  ///
  /// @param what it is told, for the log
  void tell(String what, Runnable call) {
    try {
      call.run();
    } catch (Throwable failure) {
      failures++;
      log(what, failure);
    }
  }

  /// Calls that threw so far.
  long failures() {
    return failures;
  }

  /// The first, then ever fewer: one that fails at every token would fill the disk.
  private void log(String what, Throwable failure) {
    if (Long.bitCount(failures) > 1) {
      return;
    }
    try {
      LOG.error(
          "A listener failed at {}; failures of listeners so far: {}", what, failures, failure);
    } catch (Throwable _) {
      // Out of memory again: the count is all that can be kept.
    }
  }
}
