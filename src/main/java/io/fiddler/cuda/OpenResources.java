package io.fiddler.cuda;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a device has opened and not closed yet, closed in reverse order with it. Safe for several
/// threads.
final class OpenResources {
  private final Map<Object, Runnable> closers = new LinkedHashMap<>();

  /// Takes note of `resource`, whose own `equals` is identity.
  synchronized <T> T add(T resource, Runnable close) {
    closers.put(resource, close);
    return resource;
  }

  /// Whether `resource` was open; from now on it is not. So of several that close it only one does.
  synchronized boolean remove(Object resource) {
    return closers.remove(resource) != null;
  }

  /// How many of a kind are open.
  synchronized int count(Class<?> kind) {
    return (int) closers.keySet().stream().filter(kind::isInstance).count();
  }

  /// Closes everything, even if some of it fails.
  ///
  /// @throws RuntimeException the first failure, with the others suppressed
  void closeAll() {
    RuntimeException failure = null;
    for (Map.Entry<Object, Runnable> entry : snapshot().reversed()) {
      try {
        entry.getValue().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
      remove(entry.getKey());
    }
    if (failure != null) {
      throw failure;
    }
  }

  private synchronized List<Map.Entry<Object, Runnable>> snapshot() {
    return List.copyOf(closers.entrySet());
  }
}
