package io.fiddler.engine.step;

import java.util.Arrays;

/// What the chunks of a step cost: shares that add up to the step's costs exactly. Reused, so that
/// nothing is allocated between layers.
final class CostShares {
  private int chunks;
  private double[] rows = new double[0];
  private double[] hostWork = new double[0];
  private double[] streamed = new double[0];
  private long[] hostNanos = new long[0];
  private long[] streamedBytes = new long[0];

  void begin(int numChunks) {
    chunks = numChunks;
    if (rows.length < numChunks) {
      rows = new double[numChunks];
      hostWork = new double[numChunks];
      streamed = new double[numChunks];
      hostNanos = new long[numChunks];
      streamedBytes = new long[numChunks];
    }
    Arrays.fill(rows, 0);
    Arrays.fill(hostWork, 0);
    Arrays.fill(streamed, 0);
  }

  /// A layer has worked for a chunk.
  ///
  /// @param host slices computed on the host, times their rows
  /// @param stream slices streamed, each divided by the rows it was streamed for
  void add(int chunk, int numRows, double host, double stream) {
    rows[chunk] += numRows;
    hostWork[chunk] += host;
    streamed[chunk] += stream;
  }

  /// The step is over.
  void share(long totalHostNanos, long totalStreamedBytes) {
    divide(totalHostNanos, hostWork, hostNanos);
    divide(totalStreamedBytes, streamed, streamedBytes);
  }

  /// Time of the host for each chunk.
  long[] hostNanos() {
    return hostNanos;
  }

  /// Bytes streamed for each chunk.
  long[] streamedBytes() {
    return streamedBytes;
  }

  /// What nobody caused, such as experts streamed in vain, is borne by all, by their rows.
  private void divide(long total, double[] weights, long[] shares) {
    double[] by = sum(weights) > 0 ? weights : rows;
    double all = sum(by);
    double passed = 0;
    long given = 0;
    int last = -1;
    for (int chunk = 0; chunk < chunks; chunk++) {
      passed += by[chunk];
      // Rounded where it ends, so that rounding never adds up.
      long until = all == 0 ? 0 : Math.min(total, Math.round(total * (passed / all)));
      shares[chunk] = until - given;
      given = until;
      last = by[chunk] > 0 ? chunk : last;
    }
    if (last >= 0) {
      shares[last] += total - given;
    }
  }

  private double sum(double[] of) {
    double sum = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      sum += of[chunk];
    }
    return sum;
  }
}
