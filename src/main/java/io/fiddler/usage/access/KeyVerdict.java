package io.fiddler.usage.access;

/// What is known of a key that was shown.
public sealed interface KeyVerdict {
  /// It counts.
  record Known(ApiKey key) implements KeyVerdict {}

  /// It does not.
  record Refused(Reason reason) implements KeyVerdict {}

  /// The database does not answer, and this process does not remember it.
  record Unavailable(String why) implements KeyVerdict {}

  /// Why a key does not count.
  enum Reason {
    /// There is no such key, or its secret is another.
    UNKNOWN,
    /// An administrator ended its use.
    DISABLED,
    /// Its time is over.
    EXPIRED
  }
}
