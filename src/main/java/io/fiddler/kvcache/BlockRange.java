package io.fiddler.kvcache;

/// Blocks whose ids are equally far apart. An id says where a block lies, so that the blocks of a
/// cache in several places can be told by one number.
///
/// @param first id of the first
/// @param stride from one id to the next
/// @param count how many
public record BlockRange(int first, int stride, int count) {
  public BlockRange {
    if (first < 0 || stride < 1 || count < 0) {
      throw new IllegalArgumentException(
          "a range of blocks needs a first id and a count of at least 0 and a stride of at least 1,"
              + " got %d, %d and %d".formatted(first, count, stride));
    }
    if (first + (long) stride * count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "ids of blocks must be ints, got %d from %d on, %d apart"
              .formatted(count, first, stride));
    }
  }

  /// Id of the block at `index` in `[0, count)`.
  public int id(int index) {
    return first + index * stride;
  }

  /// Whether a block of that id is among them.
  boolean contains(int id) {
    int offset = id - first;
    return offset >= 0 && offset % stride == 0 && offset / stride < count;
  }

  int indexOf(int id) {
    return (id - first) / stride;
  }

  /// Whether ids of both lie among each other.
  boolean overlaps(BlockRange other) {
    return count > 0
        && other.count > 0
        && first <= other.id(other.count - 1)
        && other.first <= id(count - 1);
  }
}
