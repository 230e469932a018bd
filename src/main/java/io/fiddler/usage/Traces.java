package io.fiddler.usage;

import java.util.List;

/// The recorded traces. Blocking.
@FunctionalInterface
public interface Traces {
  /// The latest traces of a model, oldest first, as many as have at most `maxTokens` positions
  /// together.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  List<TraceRecord> latest(String fingerprint, long maxTokens);
}
