package io.fiddler.fuzz;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Changes bytes as broken disks, networks and people do.
final class ByteMutation {
  private static final byte[] NASTY = {0, 1, -1, 127, -128, '"', '\\', '{', '[', (byte) 0xC0};

  private final SplittableRandom random;

  ByteMutation(SplittableRandom random) {
    this.random = random;
  }

  /// Other bytes.
  ///
  /// @param focus most changes are within the first so many, where structure is
  byte[] of(byte[] bytes, int focus) {
    if (bytes.length == 0) {
      return new byte[] {nasty()};
    }
    int reach = random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, focus);
    int at = random.nextInt(reach);
    return switch (random.nextInt(6)) {
      case 0 -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 1 -> {
        byte[] set = bytes.clone();
        set[at] = nasty();
        yield set;
      }
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> cut(bytes, at, random.nextInt(1, 9));
      case 4 -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + random.nextInt(1, 65));
        Arrays.fill(longer, bytes.length, longer.length, nasty());
        yield longer;
      }
      default -> {
        byte[] moved = bytes.clone();
        int length = Math.min(random.nextInt(1, 33), bytes.length - at);
        System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), moved, at, length);
        yield moved;
      }
    };
  }

  private static byte[] cut(byte[] bytes, int at, int length) {
    int end = Math.min(bytes.length, at + length);
    byte[] shorter = new byte[bytes.length - (end - at)];
    System.arraycopy(bytes, 0, shorter, 0, at);
    System.arraycopy(bytes, end, shorter, at, bytes.length - end);
    return shorter;
  }

  private byte nasty() {
    return NASTY[random.nextInt(NASTY.length)];
  }
}
