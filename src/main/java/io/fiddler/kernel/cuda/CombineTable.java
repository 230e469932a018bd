package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.kernel.CombineInput;
import java.lang.foreign.MemorySegment;

/// What the combine kernel reads: the number of rows, then the five arrays of a {@link
/// CombineInput}, each for `assignments` assignments.
///
/// @param assignments rows * topK
record CombineTable(int assignments) {
  private static final int HEADER_BYTES = 16;
  private static final int ARRAYS = 5;

  /// Offset of one of the arrays, in order of the record's components, in bytes.
  long arrayOffset(int array) {
    return HEADER_BYTES + (long) array * assignments * Integer.BYTES;
  }

  /// Bytes it takes.
  long sizeBytes() {
    return arrayOffset(ARRAYS);
  }

  /// Bytes for at most that many assignments.
  static long sizeBytes(int maxAssignments) {
    return new CombineTable(maxAssignments).sizeBytes();
  }

  /// Writes `input` to `memory` from byte `at` on.
  void write(MemorySegment memory, long at, CombineInput input) {
    memory.set(JAVA_INT, at, assignments / input.topK());
    int[][] ints = {input.firstPart(), input.nextPart(), input.stride(), input.nextCount()};
    for (int array = 0; array < ints.length; array++) {
      MemorySegment.copy(ints[array], 0, memory, JAVA_INT, at + arrayOffset(array), assignments);
    }
    MemorySegment.copy(
        input.weight(), 0, memory, JAVA_FLOAT, at + arrayOffset(ints.length), assignments);
  }

  /// Refuses an input that would make the kernel read elsewhere.
  ///
  /// @param partRows rows that the parts have
  static void requireSound(CombineInput input, int partRows) {
    for (int a = 0; a < input.firstPart().length; a++) {
      requirePart(input.firstPart()[a], partRows, a);
      if (input.nextCount()[a] > 0) {
        requirePart(input.nextPart()[a], partRows, a);
        requirePart(
            input.nextPart()[a] + (input.nextCount()[a] - 1L) * input.stride()[a], partRows, a);
      }
    }
  }

  private static void requirePart(long part, int partRows, int assignment) {
    if (part < 0 || part >= partRows) {
      throw new IllegalArgumentException(
          "a part must be in [0, %d), got %d (assignment %d)"
              .formatted(partRows, part, assignment));
    }
  }
}
