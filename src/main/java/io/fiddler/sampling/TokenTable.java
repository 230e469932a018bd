package io.fiddler.sampling;

import java.util.Arrays;

/// Numbers the distinct tokens it is given: 0 for the first, 1 for the next. An open-addressing
/// hash table, since a sequence touches few of a large vocabulary's tokens.
final class TokenTable {
  private static final int FREE = -1;

  private int[] numbers = new int[16];
  private int[] ids = new int[8];
  private int size;

  TokenTable() {
    Arrays.fill(numbers, FREE);
  }

  int size() {
    return size;
  }

  /// The token with this number.
  int id(int number) {
    return ids[number];
  }

  /// The number of token `id`, or -1.
  int find(int id) {
    return numbers[position(id)];
  }

  /// The number of token `id`, a new one if need be.
  int add(int id) {
    int position = position(id);
    if (numbers[position] != FREE) {
      return numbers[position];
    }
    if (size == ids.length) {
      grow();
      position = position(id);
    }
    ids[size] = id;
    numbers[position] = size;
    return size++;
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * size);
    numbers = new int[4 * size];
    Arrays.fill(numbers, FREE);
    for (int number = 0; number < size; number++) {
      numbers[position(ids[number])] = number;
    }
  }

  /// Where `id` is or belongs.
  private int position(int id) {
    int mask = numbers.length - 1;
    int position = ((id * 0x9E3779B9) >>> 7) & mask;
    while (numbers[position] != FREE && ids[numbers[position]] != id) {
      position = (position + 1) & mask;
    }
    return position;
  }
}
