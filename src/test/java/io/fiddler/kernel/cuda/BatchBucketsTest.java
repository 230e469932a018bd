package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class BatchBucketsTest {
  @Test
  void of_isTheSmallestPowerOfTwoThatHoldsTheRows() {
    for (int rows = 1; rows <= BatchBuckets.LARGEST; rows++) {
      int bucket = BatchBuckets.of(rows);
      assertThat(bucket).isGreaterThanOrEqualTo(rows).isLessThan(2 * rows);
      assertThat(Integer.bitCount(bucket)).isOne();
      assertThat(BatchBuckets.index(bucket)).isBetween(0, BatchBuckets.COUNT - 1);
      assertThat(1 << BatchBuckets.index(bucket)).isEqualTo(bucket);
    }
  }

  @Test
  void of_refuses_whenNoBucketHoldsTheRows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchBuckets.of(65))
        .withMessage("rows of a bucket must be in [1, 64], got 65");
    assertThatIllegalArgumentException().isThrownBy(() -> BatchBuckets.of(0));
  }
}
