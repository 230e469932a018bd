package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TopTokensTest {
  @Test
  void selection_equalsASort_forAnySize() {
    SplittableRandom random = new SplittableRandom(31);
    TopTokens top = new TopTokens();
    for (int round = 0; round < 1500; round++) {
      int offset = random.nextInt(3);
      // Every tenth beyond the largest heap.
      int length = 1 + random.nextInt(round % 10 == 0 ? 3000 : 100);
      float[] logits = new float[offset + length];
      for (int i = 0; i < logits.length; i++) {
        // Few values, so that many are equal.
        logits[i] = random.nextInt(20) - 10;
        logits[i] = logits[i] == 0 && random.nextBoolean() ? -0f : logits[i];
        logits[i] = logits[i] == -10 ? Float.NEGATIVE_INFINITY : logits[i];
      }
      int k = random.nextInt(length + 10);
      double floor = random.nextBoolean() ? Double.NEGATIVE_INFINITY : random.nextInt(-15, 5);
      double[] row =
          IntStream.range(0, length).mapToDouble(i -> logits[offset + i] + 0.0).toArray();
      int[] expected =
          Arrays.stream(NaiveSampling.bestFirst(row))
              .filter(id -> row[id] >= floor)
              .limit(k)
              .toArray();
      top.select(logits, offset, length, k, floor);
      assertThat(IntStream.range(0, top.size()).map(top::id).toArray())
          .as("round %d", round)
          .isEqualTo(expected);
      for (int rank = 0; rank < top.size(); rank++) {
        assertThat(top.logit(rank) + 0.0).isEqualTo(row[expected[rank]]);
      }
    }
  }
}
