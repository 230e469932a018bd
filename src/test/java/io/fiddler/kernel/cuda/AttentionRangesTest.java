package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class AttentionRangesTest {
  private static final int MAX_DECODE_ROWS = 4;

  private final AttentionRanges ranges = new AttentionRanges(MAX_DECODE_ROWS, false);

  @Test
  void divide_keepsRowsThatStandAloneInOneRange() {
    assertThat(divide(0, 1, 2)).containsExactly("decode [0, 3)");
    assertThat(ranges.isOneDecodeRange()).isTrue();
  }

  @Test
  void divide_sendsRunsToThePrefillKernel_whenTheyAreMixedWithOthers() {
    assertThat(divide(0, 1, 2, 2, 2, 3, 3, 4))
        .containsExactly("decode [0, 2)", "prefill [2, 7)", "decode [7, 8)");
    assertThat(ranges.isOneDecodeRange()).isFalse();
    assertThat(divide(5, 5)).containsExactly("prefill [0, 2)");
    assertThat(ranges.isOneDecodeRange()).isFalse();
  }

  @Test
  void divide_cutsDecodeRanges_whenScratchDoesNotHoldThem() {
    assertThat(divide(0, 1, 2, 3, 4, 5)).containsExactly("decode [0, 4)", "decode [4, 6)");
    assertThat(ranges.isOneDecodeRange()).isFalse();
  }

  @Test
  void divide_coversEveryRowOnce_whateverTheSequences() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int[] sequences = new int[random.nextInt(1, 60)];
      for (int r = 0; r < sequences.length; r++) {
        sequences[r] = r > 0 && random.nextBoolean() ? sequences[r - 1] : random.nextInt(40);
      }
      divide(sequences);
      int next = 0;
      for (int i = 0; i < ranges.count(); i++) {
        assertThat(ranges.first(i)).as("seed %d", seed).isEqualTo(next);
        next = ranges.end(i);
        for (int r = ranges.first(i); r < next; r++) {
          boolean alone =
              (r == 0 || sequences[r - 1] != sequences[r])
                  && (r == sequences.length - 1 || sequences[r + 1] != sequences[r]);
          assertThat(ranges.isPrefill(i)).as("row %d, seed %d", r, seed).isEqualTo(!alone);
        }
        if (!ranges.isPrefill(i)) {
          assertThat(next - ranges.first(i)).isLessThanOrEqualTo(MAX_DECODE_ROWS);
        }
      }
      assertThat(next).isEqualTo(sequences.length);
    }
  }

  @Test
  void divide_sendsAllRowsToTheDecodeKernel_whenItIsTheOnlyOne() {
    AttentionRanges one = new AttentionRanges(MAX_DECODE_ROWS, true);
    one.divide(new int[] {0, 1, 1, 1, 1, 1, 2});
    assertThat(described(one)).containsExactly("decode [0, 4)", "decode [4, 7)");
  }

  private List<String> divide(int... sequenceOfRow) {
    ranges.divide(sequenceOfRow);
    return described(ranges);
  }

  private static List<String> described(AttentionRanges ranges) {
    List<String> described = new ArrayList<>();
    for (int i = 0; i < ranges.count(); i++) {
      described.add(
          "%s [%d, %d)"
              .formatted(
                  ranges.isPrefill(i) ? "prefill" : "decode", ranges.first(i), ranges.end(i)));
    }
    return described;
  }
}
