package io.fiddler.kernel.cpu;

/// How a thread waits for another: it spins, lets others have the core now and then, and after a
/// while parks. Used by one thread.
final class Waiting {
  /// Longer than the gaps between the regions of a step, in which a GPU computes attention and the
  /// router, and far shorter than between requests. Waking a parked thread takes about 100 us.
  private static final long SPIN_NANOS = 1_000_000;

  private static final int SPINS_BETWEEN_YIELDS = 200;

  private int spins;
  private long parkAt;

  /// Pauses for a moment; returns whether it has been long enough to park instead.
  @SuppressWarnings("ThreadPriorityCheck") // only speed depends on it
  boolean shouldPark() {
    if (++spins % SPINS_BETWEEN_YIELDS != 0) {
      Thread.onSpinWait();
      return false;
    }
    Thread.yield(); // whoever we wait for may need this core
    long now = System.nanoTime();
    if (parkAt == 0) {
      parkAt = now + SPIN_NANOS;
      return false;
    }
    return now - parkAt > 0;
  }

  /// Begins anew.
  void reset() {
    spins = 0;
    parkAt = 0;
  }
}
