package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class ScratchLayoutTest {
  private static final ExpertFormat MIXTRAL = ExpertFormat.of(ElementType.BF16, 4096, 14336);

  @Test
  void scratch_isASmallPartOfTheDevice_forMixtral() {
    for (Tiling tiling : Tiling.values()) {
      long bytes = CudaSegments.scratchBytes(mixtral(2048, tiling));
      assertThat(bytes).isBetween(64L << 20, 192L << 20);
    }
    assertThat(CudaSegments.scratchBytes(mixtral(64, Tiling.AMX_TILES)))
        .isLessThan(CudaSegments.scratchBytes(mixtral(2048, Tiling.AMX_TILES)));
  }

  @Test
  void regionsOfOneSegment_doNotOverlap_andLieWithin() {
    ScratchLayout layout = new ScratchLayout(mixtral(300, Tiling.AMX_TILES));
    List<List<Region>> segments =
        List.of(
            List.of(
                Region.QUERY,
                Region.KEY,
                Region.VALUE,
                Region.ROUNDED,
                Region.PRODUCT,
                Region.PARTIALS,
                Region.STATS,
                Region.SELECTED,
                Region.ROUTING_WEIGHTS),
            List.of(
                Region.HIDDEN_VALUES,
                Region.GROUPED,
                Region.GATE,
                Region.UP,
                Region.HIDDEN_ROUNDED,
                Region.UNTILED),
            List.of(Region.HEAD_NORMED, Region.HEAD_ROUNDED, Region.LOGITS));
    List<Region> common =
        List.of(
            Region.STEP_TABLE,
            Region.EXPERT_TABLE,
            Region.COMBINE_TABLE,
            Region.HEAD_TABLE,
            Region.PUBLICATIONS,
            Region.ROPE);
    for (List<Region> segment : segments) {
      long end = 0;
      for (List<Region> regions : List.of(common, segment)) {
        for (Region region : regions) {
          assertThat(layout.offset(region)).as("%s", region).isEqualTo(end);
          assertThat(layout.offset(region) % 256).isZero();
          end += layout.sizeBytes(region);
        }
      }
      assertThat(end).isLessThanOrEqualTo(layout.sizeBytes());
    }
    int named = common.size() + segments.stream().mapToInt(List::size).sum();
    assertThat(named).isEqualTo(Region.values().length);
  }

  @Test
  void scratch_holdsABucket_whenItIsLargerThanTheLargestStep() {
    assertThat(new ScratchLayout(mixtral(48, Tiling.ROW_MAJOR)).rows()).isEqualTo(64);
    assertThat(new ScratchLayout(mixtral(64, Tiling.ROW_MAJOR)).rows()).isEqualTo(64);
    assertThat(new ScratchLayout(mixtral(65, Tiling.ROW_MAJOR)).rows()).isEqualTo(65);
    assertThat(new ScratchLayout(mixtral(3, Tiling.ROW_MAJOR)).decodeRows()).isEqualTo(4);
  }

  @Test
  void decodePieces_areFew_howeverLongTheContext() {
    for (int positions : new int[] {1, 256, 257, 4096, 32768, 131072}) {
      ScratchLayout layout = new ScratchLayout(shape(64, positions, MIXTRAL));
      assertThat(layout.maxSplits()).isBetween(1, 32);
      assertThat((long) layout.maxSplits() * layout.splitTokens())
          .isGreaterThanOrEqualTo(positions);
    }
  }

  @Test
  void oneLaunch_holdsAnExpert_howeverWideItsSlices() {
    ExpertFormat wide = new ExpertFormat(ElementType.F32, 64, 5 << 20, 5);
    assertThat(new ScratchLayout(shape(4, 64, wide)).maxSlices()).isEqualTo(5);
    assertThat(new ScratchLayout(shape(4, 64, MIXTRAL)).maxSlices()).isEqualTo(512);
  }

  @Test
  void shape_refuses_whenNoKernelTakesTheHeads() {
    for (int headDim : new int[] {1, 33, 258}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> shape(new Heads(4, 2, headDim, 0)))
          .withMessage("head_dim must be even and in [2, 256] on a CUDA device, got " + headDim);
    }
  }

  private static Shape mixtral(int maxRows, Tiling tiling) {
    return shape(maxRows, 4096, MIXTRAL.with(tiling));
  }

  private static Shape shape(int maxRows, int positions, ExpertFormat format) {
    return new Shape(
        maxRows,
        format.hiddenSize(),
        32000,
        Collections.nCopies(32, new Heads(32, 8, 128, 0)),
        new Shape.Experts(2, format),
        new Shape.Cache(Math.ceilDiv(positions, 16), 16, positions, ElementType.BF16));
  }

  private static Shape shape(Heads heads) {
    return new Shape(
        1,
        64,
        10,
        List.of(heads),
        new Shape.Experts(2, MIXTRAL),
        new Shape.Cache(1, 16, 16, ElementType.F32));
  }
}
