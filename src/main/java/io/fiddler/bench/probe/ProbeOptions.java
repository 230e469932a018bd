package io.fiddler.bench.probe;

/// How thoroughly to probe.
///
/// @param memoryBytes memory that is read, of which caches should hold a small part
/// @param seconds how long each measurement goes on at least
public record ProbeOptions(long memoryBytes, double seconds) {
  /// For a machine whose last-level cache is some hundred MiB.
  public static final ProbeOptions DEFAULT = new ProbeOptions(2L << 30, 0.5);

  long nanos() {
    return (long) (seconds * 1e9);
  }
}
