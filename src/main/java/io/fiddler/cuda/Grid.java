package io.fiddler.cuda;

/// How a kernel is launched: a grid of blocks, each with `blockX` threads.
///
/// @param x blocks along x
/// @param y blocks along y
/// @param z blocks along z
/// @param blockX threads a block
/// @param sharedBytes dynamic shared memory a block
public record Grid(int x, int y, int z, int blockX, int sharedBytes) {
  public Grid {
    if (x < 1 || y < 1 || z < 1 || blockX < 1 || sharedBytes < 0) {
      throw new IllegalArgumentException(
          "a grid needs at least one block and one thread, got [%d, %d, %d] blocks of %d threads, %d bytes shared"
              .formatted(x, y, z, blockX, sharedBytes));
    }
  }

  /// Blocks along x only, without dynamic shared memory.
  public static Grid of(int x, int blockX) {
    return new Grid(x, 1, 1, blockX, 0);
  }

  /// Blocks along x and y, without dynamic shared memory.
  public static Grid of(int x, int y, int blockX) {
    return new Grid(x, y, 1, blockX, 0);
  }
}
