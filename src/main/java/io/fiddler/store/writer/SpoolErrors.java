package io.fiddler.store.writer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;

/// Says in one sentence why the disk does not take something.
final class SpoolErrors {
  private SpoolErrors() {}

  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied ->
          "fiddler.home must be a folder the service can write to, it may not write "
              + denied.getFile();
      case FileAlreadyExistsException taken -> taken.getFile() + " must be a folder";
      case FileSystemException other when other.getReason() == null ->
          other.getClass().getSimpleName() + ": " + other.getFile();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
