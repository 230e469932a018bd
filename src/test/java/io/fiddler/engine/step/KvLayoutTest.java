package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.ExpertFrames;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KvLayoutTest {
  private static final ModelConfig MIXTRAL =
      ModelSources.of("synthetic:mixtral-8x7b", Path.of("target"), 1).config();
  private static final ModelConfig TINY =
      ModelSources.of("tiny-moe", Path.of("target", "models"), 1).config();

  @Test
  void mixtral_losesNothing() {
    KvLayout layout = KvLayout.of(MIXTRAL, 256, ElementType.BF16);
    assertThat(layout.planeBytes()).isEqualTo(32 << 10);
    assertThat(layout.blockBytes()).isEqualTo(2 << 20);
    assertThat(layout.base()).isEqualTo(new BlockRange(0, 64, 256));
    // 336 MiB: 168 blocks of 16 tokens.
    assertThat(layout.leastInFrame(256, 352_321_536L)).isEqualTo(168);
    assertThat(layout.inFrame(1, 352_321_536L))
        .isEqualTo(new BlockRange(256 * 64 + 168 * 64, 64, 168));
  }

  @Test
  void frames_haveNoBlocks_whenExpertsAreSmallerThanOne() {
    assertThat(KvLayout.of(TINY, 4, ElementType.F32).leastInFrame(5, 40_000)).isZero();
    assertThat(KvLayout.of(TINY, 4, ElementType.F32).leastInFrame(0, 400_000)).isZero();
  }

  /// Whatever the sizes, no byte belongs to two blocks, or to a block and another frame.
  @ParameterizedTest
  @ValueSource(ints = {49_152, 100_000, 184_320, 200_001, 65_537, 49_408})
  void blocksOfAllFrames_lieApart_andWithinTheirs(int expertBytes) {
    int frames = 5;
    KvLayout layout = KvLayout.of(TINY, 3, ElementType.F32);
    try (EmulatedDevice device = new EmulatedDevice(16 << 20);
        KvStorage storage =
            KvStorage.allocate(TINY, layout, ElementType.F32, device, frames, expertBytes)) {
      Matrix first = storage.layer(0).keys();
      long begin = address(first);
      List<long[]> pieces = new ArrayList<>();
      add(pieces, storage, layout, layout.base(), begin, begin + layout.framesOffset());
      for (int frame = 0; frame < frames; frame++) {
        long at = begin + layout.framesOffset() + frame * ExpertFrames.frameBytes(expertBytes);
        add(pieces, storage, layout, storage.blocksOfFrame(frame), at, at + expertBytes);
      }
      pieces.sort((a, b) -> Long.compare(a[0], b[0]));
      for (int i = 1; i < pieces.size(); i++) {
        assertThat(pieces.get(i)[0]).isGreaterThanOrEqualTo(pieces.get(i - 1)[1]);
      }
    }
  }

  /// The bytes that kernels touch of each block of a range, layer by layer.
  private static void add(
      List<long[]> pieces,
      KvStorage storage,
      KvLayout layout,
      BlockRange range,
      long begin,
      long end) {
    for (int index = 0; index < range.count(); index++) {
      for (int layer = 0; layer < TINY.numLayers(); layer++) {
        KvLayer cache = storage.layer(layer);
        for (Matrix matrix : List.of(cache.keys(), cache.values())) {
          int row = range.id(index) * CacheRoom.BLOCK_TOKENS;
          assertThat(row + CacheRoom.BLOCK_TOKENS).isLessThanOrEqualTo(matrix.rows());
          long from = address(matrix) + row * matrix.rowSizeBytes();
          long to = from + layout.planeBytes();
          assertThat(from).isGreaterThanOrEqualTo(begin);
          assertThat(to).isLessThanOrEqualTo(end);
          pieces.add(new long[] {from, to});
        }
      }
    }
  }

  private static long address(Matrix matrix) {
    return matrix.memory().segment(MemoryKind.DEVICE).address();
  }
}
