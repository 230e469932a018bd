package io.fiddler.usage;

/// Takes sampled traces. Never blocks and never throws; a trace for which there is no room is given
/// up and counted.
@FunctionalInterface
public interface TraceLog {
  /// Hands one trace over for writing.
  void append(TraceRecord trace);
}
