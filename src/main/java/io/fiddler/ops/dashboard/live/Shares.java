package io.fiddler.ops.dashboard.live;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.function.IntPredicate;

/// What is known of each expert, compactly: 15,000 of them are sent to every viewer.
final class Shares {
  private static final int FULL = 0xFFFF;

  private Shares() {}

  /// Each expert's share of its layer's assignments, as unsigned 16-bit numbers of which 65535 is
  /// everything, little-endian, in Base64.
  static String encode(ExpertGrid grid, ActivationSnapshot counts) {
    ByteBuffer bytes =
        ByteBuffer.allocate(grid.size() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      long total = 0;
      for (int expert = 0; expert < grid.numExperts(layer); expert++) {
        total += count(counts, grid.indexOf(layer, expert));
      }
      for (int expert = 0; expert < grid.numExperts(layer); expert++) {
        long count = count(counts, grid.indexOf(layer, expert));
        bytes.putShort((short) (total == 0 ? 0 : Math.round((double) count / total * FULL)));
      }
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /// One bit an expert, the first in the lowest bit of the first byte, in Base64.
  static String encode(ExpertGrid grid, IntPredicate experts) {
    byte[] bytes = new byte[(grid.size() + Byte.SIZE - 1) / Byte.SIZE];
    for (int index = 0; index < grid.size(); index++) {
      if (experts.test(index)) {
        bytes[index / Byte.SIZE] |= (byte) (1 << index % Byte.SIZE);
      }
    }
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static long count(ActivationSnapshot counts, int index) {
    return counts.count(Phase.PREFILL, index) + counts.count(Phase.DECODE, index);
  }
}
