package io.fiddler.engine;

import org.jspecify.annotations.Nullable;

/// How the engine is.
///
/// @param state where it is in its life
/// @param phase what loading is doing, or a sentence on the failure; empty when ready
/// @param progress how much of loading is done, in [0, 1]
/// @param transfer the bytes that this phase moves; null if it moves none
public record EngineStatus(
    EngineState state, String phase, double progress, @Nullable Transfer transfer) {
  /// Without bytes that are moved.
  public EngineStatus(EngineState state, String phase, double progress) {
    this(state, phase, progress, null);
  }

  /// How far a phase that moves bytes is.
  ///
  /// @param doneBytes moved so far
  /// @param totalBytes to be moved
  /// @param bytesPerSecond since the phase began; 0 if that cannot be said yet
  public record Transfer(long doneBytes, long totalBytes, double bytesPerSecond) {
    private static final double GIGA = 1e9;

    /// 10^9 bytes a second.
    public double gigabytesPerSecond() {
      return bytesPerSecond / GIGA;
    }

    /// Seconds to go at this rate; infinite if there is none.
    public double secondsLeft() {
      return doneBytes >= totalBytes ? 0 : (totalBytes - doneBytes) / bytesPerSecond;
    }

    /// Such as `21.4 of 93.4 GB, 5.2 GB/s, 14 s left`.
    @Override
    public String toString() {
      String amount = "%.1f of %.1f GB".formatted(doneBytes / GIGA, totalBytes / GIGA);
      return bytesPerSecond > 0
          ? amount + ", %.1f GB/s, %.0f s left".formatted(gigabytesPerSecond(), secondsLeft())
          : amount;
    }
  }
}
