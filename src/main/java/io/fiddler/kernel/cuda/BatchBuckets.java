package io.fiddler.kernel.cuda;

/// The sizes that decode steps are rounded up to, so that few graphs serve all of them: powers of
/// two up to 64. Rows behind a step's own are skipped by the kernels.
final class BatchBuckets {
  /// Rows of the largest bucket; larger steps are launched kernel by kernel, which their length
  /// hides.
  static final int LARGEST = 64;

  /// Number of buckets.
  static final int COUNT = Integer.numberOfTrailingZeros(LARGEST) + 1;

  private BatchBuckets() {}

  /// The smallest bucket that holds `rows`, which are in [1, 64].
  static int of(int rows) {
    if (rows < 1 || rows > LARGEST) {
      throw new IllegalArgumentException(
          "rows of a bucket must be in [1, %d], got %d".formatted(LARGEST, rows));
    }
    return Integer.highestOneBit(2 * rows - 1);
  }

  /// Index of a bucket in [0, {@link #COUNT}).
  static int index(int bucket) {
    return Integer.numberOfTrailingZeros(bucket);
  }
}
