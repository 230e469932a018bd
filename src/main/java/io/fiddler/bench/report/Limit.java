package io.fiddler.bench.report;

/// What the machine allows for a step, or for a prompt: the weights that are not on the device are
/// read by the CPU's kernels and copied by the copy engine, both at once and without a pause, and
/// the device's own work, which waits for them and they for it, is added:
///
///     seconds = missedBytes / (hostBytesPerSecond + copyBytesPerSecond) + deviceSeconds
///
/// Nothing else is assumed to take any time. Without a device nothing is copied, and the device's
/// work is that of the dense part on the CPU.
///
/// @param missedBytes weights of experts that were needed and not resident, as counted
/// @param hostBytesPerSecond weights that the CPU's expert kernel gets through while copies run
/// @param copyBytesPerSecond weights that are copied to the device while the kernel runs
/// @param deviceSeconds the device's time for the dense part and the resident experts
/// @param seconds the limit
public record Limit(
    double missedBytes,
    double hostBytesPerSecond,
    double copyBytesPerSecond,
    double deviceSeconds,
    double seconds) {
  /// The limit.
  ///
  /// @throws IllegalArgumentException if bytes are to be moved and no lane moves any
  public static Limit of(
      double missedBytes,
      double hostBytesPerSecond,
      double copyBytesPerSecond,
      double deviceSeconds) {
    double rate = hostBytesPerSecond + copyBytesPerSecond;
    if (missedBytes > 0 && !(rate > 0)) {
      throw new IllegalArgumentException(
          "%.0f bytes need a rate above 0, got %s".formatted(missedBytes, rate));
    }
    double moving = missedBytes > 0 ? missedBytes / rate : 0;
    return new Limit(
        missedBytes, hostBytesPerSecond, copyBytesPerSecond, deviceSeconds, moving + deviceSeconds);
  }

  /// How close a measured time is, 1 being the limit itself.
  public double ratio(double measuredSeconds) {
    return seconds / measuredSeconds;
  }
}
