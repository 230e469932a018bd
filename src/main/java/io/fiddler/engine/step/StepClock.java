package io.fiddler.engine.step;

/// The time that deadlines and ageing are counted in: nanoseconds since the process came to its
/// first step, so that sums and differences never overflow.
final class StepClock {
  private static final long ORIGIN = System.nanoTime();

  private StepClock() {}

  static long nanos() {
    return System.nanoTime() - ORIGIN;
  }
}
