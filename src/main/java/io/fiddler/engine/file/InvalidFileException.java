package io.fiddler.engine.file;

import org.jspecify.annotations.Nullable;

/// A file cannot be used; the message is one sentence that names it and the field at fault.
public final class InvalidFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public InvalidFileException(String sentence) {
    this(sentence, null);
  }

  /// With the sentence for people.
  public InvalidFileException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
