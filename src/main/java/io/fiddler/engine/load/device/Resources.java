package io.fiddler.engine.load.device;

import java.util.ArrayDeque;
import java.util.Deque;

/// What an engine has opened, closed in reverse order. Used from one thread.
public final class Resources implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /// Takes ownership of `resource` and returns it.
  public <T extends AutoCloseable> T own(T resource) {
    opened.push(resource);
    return resource;
  }

  /// Closes everything, even if some of it fails; a second call does nothing.
  ///
  /// @throws IllegalStateException with the first failure as cause and the others suppressed
  @Override
  public void close() {
    IllegalStateException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing the engine failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
