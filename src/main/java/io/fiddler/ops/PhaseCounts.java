package io.fiddler.ops;

/// Assignments of both phases.
///
/// @param prefill of prompt tokens
/// @param decode of generated tokens
/// @param total of both
record PhaseCounts(long prefill, long decode, long total) {
  PhaseCounts(long prefill, long decode) {
    this(prefill, decode, prefill + decode);
  }

  PhaseCounts plus(PhaseCounts other) {
    return new PhaseCounts(prefill + other.prefill, decode + other.decode);
  }
}
