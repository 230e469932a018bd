package io.fiddler.engine.residency;

import java.util.function.LongSupplier;

/// A cap on bytes a second: what may be copied now grows with time, up to a tenth of a second's.
/// Used from one thread.
final class ByteAllowance {
  private static final int PARTS_OF_A_SECOND = 10;
  private static final double NANOS = 1e9;

  private final long bytesPerSecond;
  private final LongSupplier clock;
  private double bytes;
  private long since;

  /// @param bytesPerSecond at least one; `Long.MAX_VALUE` for no cap
  /// @param clock as {@link System#nanoTime}
  ByteAllowance(long bytesPerSecond, LongSupplier clock) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "copies need at least 1 byte a second, got " + bytesPerSecond);
    }
    this.bytesPerSecond = bytesPerSecond;
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  private boolean isUnlimited() {
    return bytesPerSecond == Long.MAX_VALUE;
  }

  /// The most it ever allows at once.
  private long most() {
    return Math.max(1, bytesPerSecond / PARTS_OF_A_SECOND);
  }

  /// What may be copied now: nothing rather than less than `least`, as long as waiting helps.
  long available(long least) {
    if (isUnlimited()) {
      return Long.MAX_VALUE;
    }
    long now = clock.getAsLong();
    bytes = Math.min((double) most(), bytes + (now - since) * (bytesPerSecond / NANOS));
    since = now;
    return bytes >= Math.min(least, most()) ? (long) bytes : 0;
  }

  /// So much was copied.
  void spend(long copied) {
    bytes -= copied;
  }

  /// How long nothing is available.
  long nanosUntil(long least) {
    if (isUnlimited()) {
      return 0;
    }
    double missing = Math.min(least, most()) - bytes;
    return missing <= 0 ? 0 : (long) Math.ceil(missing * NANOS / bytesPerSecond);
  }
}
