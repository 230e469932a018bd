package io.fiddler.expert;

/// Which kind of token an assignment was for.
public enum Phase {
  /// A token of a prompt.
  PREFILL,
  /// A generated token.
  DECODE
}
