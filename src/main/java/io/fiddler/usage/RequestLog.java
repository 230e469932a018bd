package io.fiddler.usage;

/// Takes finished requests. Never blocks and never throws: a database that is slow or down costs no
/// request.
@FunctionalInterface
public interface RequestLog {
  /// Hands one record over for writing.
  void append(RequestRecord request);

  /// Asked before a request begins: whether it may. If not, its record would find no room, and the
  /// operator would rather have it refused. After true, {@link #append} follows once.
  default boolean admit() {
    return true;
  }
}
