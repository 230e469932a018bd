package io.fiddler.placement.correction;

/// Bytes that may be copied: a second's worth can be saved up, and an expert larger than that may
/// be copied on credit, which the next one waits for. So in any time `t` at most `(t + 1 s) * rate`
/// and one expert are copied.
final class CopyBudget {
  private final double bytesPerNano;
  private final double most;
  private double bytes;
  private long lastNanos;
  private boolean begun;

  CopyBudget(long bytesPerSecond) {
    this.bytesPerNano = bytesPerSecond / 1e9;
    this.most = bytesPerSecond;
    this.bytes = most;
  }

  /// How many copies of this size may begin now.
  int affordable(long sizeBytes, long nowNanos) {
    refill(nowNanos);
    return bytes < Math.min((double) sizeBytes, most) ? 0 : (int) Math.max(1, bytes / sizeBytes);
  }

  void spend(long copiedBytes, long nowNanos) {
    refill(nowNanos);
    bytes -= copiedBytes;
  }

  private void refill(long nowNanos) {
    if (begun) {
      bytes = Math.min(most, bytes + Math.max(0, nowNanos - lastNanos) * bytesPerNano);
    }
    begun = true;
    lastNanos = nowNanos;
  }
}
