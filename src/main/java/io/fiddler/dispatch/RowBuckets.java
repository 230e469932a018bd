package io.fiddler.dispatch;

/// Numbers of rows that are looked at together: 1, 2, 3-4, 5-8, 9-16 and so on. Their upper ends
/// are the rows at which a machine is measured.
final class RowBuckets {
  /// As many as an int has; the last ones stay empty.
  static final int COUNT = Integer.SIZE;

  private RowBuckets() {}

  /// The bucket of a number of rows, at least one.
  static int of(int rows) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(rows - 1);
  }

  /// The most rows of a bucket.
  static int upTo(int bucket) {
    return bucket == COUNT - 1 ? Integer.MAX_VALUE : 1 << bucket;
  }
}
