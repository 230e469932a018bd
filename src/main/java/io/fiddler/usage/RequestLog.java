package io.fiddler.usage;

/// Takes finished requests. Never blocks and never throws: a database that is slow or down costs no
/// request.
@FunctionalInterface
public interface RequestLog {
  /// Hands one record over for writing.
  void append(RequestRecord request);
}
