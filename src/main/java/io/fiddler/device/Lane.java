package io.fiddler.device;

/// An ordered queue of work on a device.
public interface Lane {
  /// An event that is done once everything submitted so far is.
  Event record();

  /// Work submitted from now on starts only when `event` is done. Does not block the caller, except
  /// on devices whose compute lane is the caller.
  void waitFor(Event event);

  /// Whether submitting work does it, on the caller's own thread. Then nothing the caller does
  /// overlaps with this lane, and work for other lanes is better queued first.
  default boolean runsOnCaller() {
    return false;
  }
}
