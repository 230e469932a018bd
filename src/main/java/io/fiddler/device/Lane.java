package io.fiddler.device;

import io.fiddler.tensor.MemoryView;

/// An ordered queue of work on a device.
public interface Lane {
  /// An event that is done once everything submitted so far is.
  Event record();

  /// Work submitted from now on starts only when `event` is done. Does not block the caller, except
  /// on devices whose compute lane is the caller.
  void waitFor(Event event);

  /// Queues a copy of all bytes of `source` to `target`, which has as many, in order with the other
  /// work of this lane. Both stay untouched by others until it is done.
  ///
  /// Weights go by the {@link CopyLane}. The few rows that a layer waits for go by the compute
  /// lane, where they do not stand behind slices queued ahead for layers to come; an implementation
  /// for a real device therefore brings them, if it can, without the copy engine: by a kernel that
  /// reads page-locked memory.
  ///
  /// @throws IllegalArgumentException if the sizes differ
  void copy(MemoryView source, MemoryView target);

  /// Queues setting all bytes of `target`, which is the device's, to zero, in order with the other
  /// work of this lane.
  void zero(MemoryView target);

  /// Whether submitting work does it, on the caller's own thread. Then nothing the caller does
  /// overlaps with this lane, and work for other lanes is better queued first.
  default boolean runsOnCaller() {
    return false;
  }

  /// The check that every copy begins with.
  static void requireSameSize(MemoryView source, MemoryView target) {
    if (source.sizeBytes() != target.sizeBytes()) {
      throw new IllegalArgumentException(
          "a copy needs a target as long as its source, got source %s and target %s"
              .formatted(source, target));
    }
  }
}
