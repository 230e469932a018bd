package io.fiddler.dispatch;

/// When copy lane and device lane end, as slices are streamed one after the other: the device
/// begins with its resident experts, and a slice is computed once it was copied and the device is
/// free (a flow shop of two machines).
final class StreamClock {
  private double copyEnd;
  private double deviceEnd;

  StreamClock(double residentNanos) {
    deviceEnd = residentNanos;
  }

  /// Goes on from where `other` is.
  void set(StreamClock other) {
    copyEnd = other.copyEnd;
    deviceEnd = other.deviceEnd;
  }

  /// Appends `slices` equal slices. In closed form, since the longest path through equal jobs turns
  /// from copying to computing at the first slice or at the last.
  void stream(int slices, double copySliceNanos, double deviceSliceNanos) {
    if (slices == 0) {
      return;
    }
    double computing = slices * deviceSliceNanos;
    double turnAtFirst = copyEnd + copySliceNanos + computing;
    double turnAtLast = copyEnd + slices * copySliceNanos + deviceSliceNanos;
    copyEnd += slices * copySliceNanos;
    deviceEnd = Math.max(deviceEnd + computing, Math.max(turnAtFirst, turnAtLast));
  }

  double copyEnd() {
    return copyEnd;
  }

  double deviceEnd() {
    return deviceEnd;
  }
}
