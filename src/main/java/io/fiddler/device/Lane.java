package io.fiddler.device;

/// An ordered queue of work on a device.
public interface Lane {
  /// An event that is done once everything submitted so far is.
  Event record();

  /// Work submitted from now on starts only when `event` is done. Does not block the caller, except
  /// on devices whose compute lane is the caller.
  void waitFor(Event event);
}
