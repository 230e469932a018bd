package io.fiddler.constraint.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.constraint.expression.Residual;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DecimalRangeTest {
  private static @Nullable Residual read(@Nullable Residual range, String text) {
    Residual left = range;
    for (int i = 0; i < text.length() && left != null; i++) {
      left = left.next(text.charAt(i));
    }
    return left;
  }

  private static boolean accepts(@Nullable Residual range, String text) {
    Residual left = read(range, text);
    return left != null && left.mayEnd();
  }

  @Test
  void integers_areThoseOfTheRange_andNoOthers() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      int low = random.nextInt(-1200, 1200);
      int high = low + random.nextInt(1 + random.nextInt(1500));
      DecimalRange range = DecimalRange.integers(BigDecimal.valueOf(low), BigDecimal.valueOf(high));
      for (int value = -2500; value <= 3000; value += 1 + random.nextInt(7)) {
        assertThat(accepts(range, Integer.toString(value)))
            .as("%d in [%d, %d]", value, low, high)
            .isEqualTo(value >= low && value <= high);
      }
      assertThat(accepts(range, Integer.toString(low))).isTrue();
      assertThat(accepts(range, Integer.toString(high))).isTrue();
    }
  }

  @Test
  void numbers_areThoseOfTheRange_andNoOthers() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 300; i++) {
      BigDecimal low = BigDecimal.valueOf(random.nextInt(-30_000, 30_000), random.nextInt(4));
      BigDecimal high = low.add(BigDecimal.valueOf(1 + random.nextInt(9_000), random.nextInt(4)));
      boolean lowIncluded = random.nextBoolean();
      boolean highIncluded = random.nextBoolean();
      DecimalRange range = DecimalRange.numbers(low, lowIncluded, high, highIncluded);
      for (int n = 0; n < 300; n++) {
        BigDecimal value = BigDecimal.valueOf(random.nextInt(-40_000, 40_000), random.nextInt(4));
        boolean above = value.compareTo(low) > (lowIncluded ? -1 : 0);
        boolean below = value.compareTo(high) < (highIncluded ? 1 : 0);
        if (value.signum() != 0 || !value.toPlainString().startsWith("-")) {
          assertThat(accepts(range, value.toPlainString()))
              .as("%s in %s %s, %s %s", value, low, lowIncluded, high, highIncluded)
              .isEqualTo(above && below);
        }
      }
    }
  }

  @Test
  void residual_isNeverADeadEnd() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 500; i++) {
      BigDecimal low =
          BigDecimal.valueOf(random.nextLong(-1_000_000, 1_000_000), random.nextInt(5));
      BigDecimal high = low.add(BigDecimal.valueOf(1 + random.nextInt(50), random.nextInt(5)));
      Residual left =
          random.nextBoolean()
              ? DecimalRange.numbers(low, true, high, true)
              : DecimalRange.integers(low, high);
      StringBuilder text = new StringBuilder();
      while (left != null && left.mayContinue()) {
        int symbol = "-.0123456789".charAt(random.nextInt(12));
        Residual next = left.next(symbol);
        if (next != null) {
          left = next;
          text.append((char) symbol);
        }
      }
      if (left != null) {
        assertThat(left.mayEnd()).as("%s in [%s, %s]", text, low, high).isTrue();
      }
    }
  }

  @Test
  void range_isNone_whereNoIntegerIsBetweenItsBounds() {
    assertThat(DecimalRange.integers(new BigDecimal("1.2"), new BigDecimal("1.9"))).isNull();
    assertThat(DecimalRange.numbers(BigDecimal.ONE, false, BigDecimal.ONE, true)).isNull();
  }

  @Test
  void integers_fitSixtyFourBits_whenThereIsNoBound() {
    DecimalRange all = DecimalRange.integers(null, null);
    assertThat(accepts(all, "999999999999999999")).isTrue();
    assertThat(accepts(all, "-999999999999999999")).isTrue();
    assertThat(read(all, "1000000000000000000")).isNull();
    assertThat(read(all, "-0")).isNull();
    assertThat(read(all, "01")).isNull();
    assertThat(read(all, "1.")).isNull();
  }
}
