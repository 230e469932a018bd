package io.fiddler.store.spool;

import java.io.IOException;

/// What is in a spool file cannot be read; the message says why, without the file's name.
class SpoolException extends IOException {
  private static final long serialVersionUID = 1;

  SpoolException(String message) {
    super(message);
  }

  /// Another program's, not damaged.
  static final class OtherVersion extends SpoolException {
    private static final long serialVersionUID = 1;

    OtherVersion(String message) {
      super(message);
    }
  }
}
