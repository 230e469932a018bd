package io.fiddler.sampling;

import java.util.Arrays;

/// The k tokens of the largest logits, best first, of equals the lowest id first. A heap of k ids
/// with the worst on top: most tokens cost one comparison with it. For a large k that is no longer
/// so, and the JDK's vectorised sort of longs is several times faster. Reused from row to row.
final class TopTokens {
  private static final int LARGEST_HEAP = 1024;

  private int[] ids = new int[0];
  private float[] values = new float[0];
  private long[] keys = new long[0];
  private int size;

  /// Selects at most `k` of the logits that are not below `floor`.
  void select(float[] logits, int offset, int length, int k, double floor) {
    int capacity = Math.min(k, length);
    if (ids.length < capacity) {
      ids = new int[capacity];
      values = new float[capacity];
    }
    size = 0;
    if (capacity > LARGEST_HEAP) {
      sortAll(logits, offset, length, capacity, floor);
    } else {
      selectByHeap(logits, offset, length, capacity, floor);
    }
  }

  private void sortAll(float[] logits, int offset, int length, int capacity, double floor) {
    if (keys.length < length) {
      keys = new long[length];
    }
    int count = 0;
    for (int id = 0; id < length; id++) {
      if (logits[offset + id] >= floor) {
        keys[count++] = (descending(logits[offset + id]) << Integer.SIZE) | id;
      }
    }
    Arrays.sort(keys, 0, count);
    for (; size < Math.min(count, capacity); size++) {
      ids[size] = (int) keys[size];
      values[size] = logits[offset + ids[size]];
    }
  }

  /// A number in int's range that is the smaller the larger `value` is.
  private static long descending(float value) {
    // Adding zero makes -0 equal to 0, as in comparisons.
    int bits = Float.floatToRawIntBits(value + 0f);
    return ~(bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE));
  }

  private void selectByHeap(float[] logits, int offset, int length, int capacity, double floor) {
    int id = 0;
    for (; id < length && size < capacity; id++) {
      if (logits[offset + id] >= floor) {
        push(id, logits[offset + id]);
      }
    }
    for (; id < length && capacity > 0; id++) {
      // Of equals the one already there has the lower id.
      if (logits[offset + id] > values[0]) {
        sink(0, id, logits[offset + id], size);
      }
    }
    sort();
  }

  /// How many were selected.
  int size() {
    return size;
  }

  /// The token at `rank`, 0 being the best.
  int id(int rank) {
    return ids[rank];
  }

  /// Its logit.
  float logit(int rank) {
    return values[rank];
  }

  private void push(int id, float value) {
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!isWorse(id, value, ids[parent], values[parent])) {
        break;
      }
      ids[hole] = ids[parent];
      values[hole] = values[parent];
      hole = parent;
    }
    ids[hole] = id;
    values[hole] = value;
  }

  /// Puts a token into the heap of `count` at or below `hole`.
  private void sink(int hole, int id, float value, int count) {
    int child = 2 * hole + 1;
    while (child < count) {
      if (child + 1 < count
          && isWorse(ids[child + 1], values[child + 1], ids[child], values[child])) {
        child++;
      }
      if (!isWorse(ids[child], values[child], id, value)) {
        break;
      }
      ids[hole] = ids[child];
      values[hole] = values[child];
      hole = child;
      child = 2 * hole + 1;
    }
    ids[hole] = id;
    values[hole] = value;
  }

  /// Moves the worst of the heap behind the heap until nothing is left of it.
  private void sort() {
    for (int last = size - 1; last > 0; last--) {
      int id = ids[last];
      float value = values[last];
      ids[last] = ids[0];
      values[last] = values[0];
      sink(0, id, value, last);
    }
  }

  private static boolean isWorse(int id, float value, int otherId, float otherValue) {
    return value < otherValue || (value == otherValue && id > otherId);
  }
}
