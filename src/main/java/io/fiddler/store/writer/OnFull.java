package io.fiddler.store.writer;

/// What happens when neither memory nor the spool has room for a further request row.
public enum OnFull {
  /// The request is served, its row is given up and counted.
  DROP,
  /// The request is refused before it begins.
  REJECT
}
