package io.fiddler.engine.load.latency;

import io.fiddler.dispatch.LatencySamples.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// Measures something with 1, 2, 4 ... rows within a bounded time: fewer repeats where one takes
/// long, and no further numbers of rows once the time is used up.
///
/// @param maxNanos how long all measurements may take, about
/// @param repeats of each number of rows, where there is time
record RowSweep(double maxNanos, int repeats) {
  /// One measurement.
  @FunctionalInterface
  interface Measurement {
    /// Measures once.
    ///
    /// @param rows with how many rows
    /// @param expectedNanos what it took lately, or is likely to take
    /// @return what it took, in the unit of the samples
    double nanos(int rows, double expectedNanos);
  }

  /// Samples of each number of rows that there was time for, of 1 row at least.
  ///
  /// @param maxRows the last number of rows, a power of two or not
  List<Sample> run(int maxRows, IntConsumer progress, Measurement measurement) {
    List<Sample> samples = new ArrayList<>();
    int numbers = Integer.SIZE - Integer.numberOfLeadingZeros(maxRows) + 1;
    long start = System.nanoTime();
    double expected = 1e5;
    double wall = 0;
    for (int rows = 1; ; rows = Math.min(2 * rows, maxRows)) {
      double left = maxNanos - (System.nanoTime() - start);
      if (rows > 1 && 2 * wall > left) {
        return samples; // beyond the last point a curve goes on in proportion
      }
      progress.accept(rows);
      long begin = System.nanoTime();
      double first = measurement.nanos(rows, expected); // grows scratch memory, fills caches
      wall = System.nanoTime() - begin;
      expected = first;
      double share = maxNanos / numbers;
      int count = (int) Math.clamp(share / Math.max(1, wall) - 1, 0.0, repeats);
      for (int i = 0; i < count; i++) {
        expected = measurement.nanos(rows, expected);
        samples.add(new Sample(rows, expected));
      }
      if (count == 0) {
        samples.add(new Sample(rows, first));
      }
      if (rows == maxRows) {
        return samples;
      }
    }
  }
}
