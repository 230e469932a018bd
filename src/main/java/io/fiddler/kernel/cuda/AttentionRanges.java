package io.fiddler.kernel.cuda;

import java.util.Arrays;

/// Divides the rows of a step among the two attention kernels: runs of rows of one sequence share
/// the keys and values they read and go to the prefill kernel, rows that stand alone to the decode
/// kernel, to which all go where the two may not round differently. Neighbours of one kind are one
/// range, up to what the decode kernel has scratch for. Reused from step to step.
final class AttentionRanges {
  private final int maxDecodeRows;
  private final boolean decodeOnly;
  private int[] bounds = new int[16];
  private boolean[] prefill = new boolean[8];
  private int count;

  /// @param maxDecodeRows most rows of a range for the decode kernel
  /// @param decodeOnly whether all rows go to it
  AttentionRanges(int maxDecodeRows, boolean decodeOnly) {
    this.maxDecodeRows = maxDecodeRows;
    this.decodeOnly = decodeOnly;
  }

  /// Divides the rows that belong to these sequences.
  void divide(int[] sequenceOfRow) {
    count = 0;
    int rows = sequenceOfRow.length;
    for (int first = 0; first < rows; ) {
      int end = first + 1;
      while (!decodeOnly && end < rows && sequenceOfRow[end] == sequenceOfRow[first]) {
        end++;
      }
      add(first, end, end - first > 1);
      first = end;
    }
  }

  private void add(int first, int end, boolean isPrefill) {
    boolean continues =
        count > 0
            && prefill[count - 1] == isPrefill
            && (isPrefill || end - first(count - 1) <= maxDecodeRows);
    if (continues) {
      bounds[2 * count - 1] = end;
      return;
    }
    if (count == prefill.length) {
      prefill = Arrays.copyOf(prefill, 2 * count);
      bounds = Arrays.copyOf(bounds, 4 * count);
    }
    prefill[count] = isPrefill;
    bounds[2 * count] = first;
    bounds[2 * count + 1] = end;
    count++;
  }

  /// Number of ranges.
  int count() {
    return count;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int end(int range) {
    return bounds[2 * range + 1];
  }

  boolean isPrefill(int range) {
    return prefill[range];
  }

  /// Whether every row stands alone and one range holds them all.
  boolean isOneDecodeRange() {
    return count == 1 && !prefill[0];
  }
}
