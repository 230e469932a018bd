package io.fiddler.engine.residency;

import java.util.function.DoubleSupplier;

/// How much of an expert on its way is copied before a step, so that the step's own copies, which
/// stand behind it, are late by a fiftieth of the step at most. Used from one thread.
///
/// How long the next step takes at least is told by its rows: as long as lately one with as many
/// did, or else one with fewer. Above some tens, the same number is one up to twice as large, and
/// half the time is reckoned with.
public final class CopyPace {
  /// Share of a step that copies may delay it by.
  public static final double SHARE = 0.02;

  /// A piece at least, so that something goes on: 2.6 us at 25 GB/s, 2 % of a step of 130 us.
  static final long LEAST_BYTES = 64 << 10;

  /// Pieces begin and end at multiples of this.
  private static final long GRAIN_BYTES = 4 << 10;

  /// What a request that comes while nothing runs may have to wait for.
  private static final double IDLE_NANOS = 1e6;

  /// More than any device has, should copies be said to take no time.
  private static final double MOST_BYTES = 0x1p50;

  /// Weight of what was before when a step is added to it.
  private static final double KEPT = 0.75;

  private final DoubleSupplier bytesPerNano;

  /// Up to here, every number of rows has a time of its own; these are steps that decode.
  private static final int EXACT_ROWS = 64;

  /// Of steps by their {@link #index}; 0 if there was none.
  private final double[] stepNanos = new double[EXACT_ROWS + Integer.SIZE];

  /// @param bytesPerNano how fast copies are
  public CopyPace(DoubleSupplier bytesPerNano) {
    this.bytesPerNano = bytesPerNano;
  }

  /// A step took so long.
  public void stepped(int rows, long nanos) {
    int index = index(rows);
    stepNanos[index] = stepNanos[index] == 0 ? nanos : KEPT * stepNanos[index] + (1 - KEPT) * nanos;
  }

  /// Bytes that may be queued before a step of `rows` rows.
  public long beside(int rows) {
    return piece(SHARE * expectedNanos(rows));
  }

  /// Bytes that may be queued at once while no step is about to run.
  public long idle() {
    return piece(IDLE_NANOS);
  }

  private long piece(double nanos) {
    double bytes = Math.min(MOST_BYTES, nanos * bytesPerNano.getAsDouble());
    return Math.max(LEAST_BYTES, (long) bytes / GRAIN_BYTES * GRAIN_BYTES);
  }

  private double expectedNanos(int rows) {
    int own = index(rows);
    for (int index = own; index >= 0; index--) {
      if (stepNanos[index] > 0) {
        return index == own && rows > EXACT_ROWS ? stepNanos[index] / 2 : stepNanos[index];
      }
    }
    return 0;
  }

  private static int index(int rows) {
    return rows <= EXACT_ROWS
        ? rows
        : EXACT_ROWS + Integer.SIZE - 1 - Integer.numberOfLeadingZeros(rows);
  }
}
