package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SamplerTest {
  private static final int[] NO_PROMPT = {};
  private static final float NONE = Float.NEGATIVE_INFINITY;

  @Test
  void greedy_takesTheFirstOfTheMostLikely() {
    Sampler sampler = Sampler.of(SamplingParameters.greedy(), NO_PROMPT, -1);
    assertThat(sampler.sample(new float[] {1, 3, 2, 3}, 0, 4).tokenId()).isEqualTo(1);
    assertThat(sampler.sample(new float[] {9, 9, 2, 5, 5}, 2, 3).tokenId()).isEqualTo(1);
    assertThat(sampler.sample(new float[] {-0f, 0f}, 0, 2).tokenId()).isZero();
  }

  @Test
  void greedy_equalsReference_withBiasAndPenalties() {
    SplittableRandom random = new SplittableRandom(21);
    for (int round = 0; round < 500; round++) {
      int vocabulary = 2 + random.nextInt(60);
      int[] prompt = random.ints(random.nextInt(20), 0, vocabulary).toArray();
      SamplingParameters parameters =
          new SamplingParameters(
              0,
              0,
              1,
              0,
              random.nextDouble(0.5, 2),
              random.nextDouble(-2, 2),
              random.nextDouble(-2, 2),
              Map.of(random.nextInt(vocabulary), random.nextDouble(-3, 3)),
              round);
      Sampler sampler = Sampler.of(parameters, prompt, -1);
      int[] output = {};
      for (int step = 0; step < 30; step++) {
        float[] logits = TestLogits.random(random, vocabulary);
        double[] expected = NaiveSampling.adjusted(logits, parameters, prompt, output);
        int id = sampler.sample(logits, 0, vocabulary).tokenId();
        assertThat(expected[id])
            .as("round %d step %d", round, step)
            .isCloseTo(Arrays.stream(expected).max().orElseThrow(), within(1e-6));
        output = append(output, id);
      }
    }
  }

  @Test
  void repetitionPenalty_countsThePrompt_othersOnlyTheOutput() {
    float[] logits = {2, 1.9f, -1};
    assertThat(first(new SamplingParameters(0, 0, 1, 0, 1.5, 0, 0, Map.of(), 0), logits)).isOne();
    assertThat(first(new SamplingParameters(0, 0, 1, 0, 1, 2, 2, Map.of(), 0), logits)).isZero();
  }

  private static int first(SamplingParameters parameters, float[] logits) {
    return Sampler.of(parameters, new int[] {0, 0}, -1)
        .sample(logits.clone(), 0, logits.length)
        .tokenId();
  }

  @Test
  void sameSeed_givesSameTokens_whereverTheRowLies() {
    SplittableRandom random = new SplittableRandom(24);
    int vocabulary = 1000;
    for (int topK : new int[] {0, 40}) {
      for (double topP : new double[] {1, 0.9}) {
        SamplingParameters parameters =
            new SamplingParameters(1.3, topK, topP, 0, 1.1, 0.1, 0.1, Map.of(), 99);
        Sampler alone = Sampler.of(parameters, new int[] {5}, -1);
        Sampler inBatch = Sampler.of(parameters, new int[] {5}, 3);
        Sampler other =
            Sampler.of(
                new SamplingParameters(1.3, topK, topP, 0, 1.1, 0.1, 0.1, Map.of(), 100),
                new int[] {5},
                -1);
        int different = 0;
        for (int step = 0; step < 100; step++) {
          float[] row = TestLogits.random(random, vocabulary);
          float[] batch = new float[3 * vocabulary];
          Arrays.fill(batch, 1e9f);
          System.arraycopy(row, 0, batch, vocabulary, vocabulary);
          int expected = alone.sample(row.clone(), 0, vocabulary).tokenId();
          assertThat(inBatch.sample(batch, vocabulary, vocabulary).tokenId()).isEqualTo(expected);
          different += other.sample(row.clone(), 0, vocabulary).tokenId() == expected ? 0 : 1;
        }
        assertThat(different).isGreaterThan(20);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-300, 0.7, 1, 1e300})
  void onlyPossibleToken_isChosen_atAnyTemperature(double temperature) {
    for (double topP : new double[] {1, 0.5}) {
      for (int topK : new int[] {0, 1, 3}) {
        Sampler sampler =
            Sampler.of(
                new SamplingParameters(temperature, topK, topP, 0, 1, 0, 0, Map.of(), 3),
                NO_PROMPT,
                2);
        for (int draw = 0; draw < 50; draw++) {
          SampledToken token = sampler.sample(TestLogits.only(513, 1000), 0, 1000);
          assertThat(token.tokenId()).isEqualTo(513);
          assertThat(token.logprob()).isZero();
          assertThat(token.top()).containsExactly(new TokenLogprob(513, 0));
        }
      }
    }
  }

  @Test
  void equalLogits_areLimited_toTheLowestIds() {
    SamplingParameters half = new SamplingParameters(1, 0, 0.5, 0, 1, 0, 0, Map.of(), 4);
    SamplingParameters three = new SamplingParameters(1, 3, 1, 0, 1, 0, 0, Map.of(), 4);
    SamplingParameters likeliest = new SamplingParameters(1, 0, 1, 1, 1, 0, 0, Map.of(), 4);
    assertThat(drawn(half, new float[1024])).isEqualTo(512);
    assertThat(drawn(three, new float[1024])).isEqualTo(3);
    assertThat(drawn(likeliest, new float[] {1, 3, 3, 2.9f})).isEqualTo(3);
  }

  /// One more than the highest id of many draws.
  private static int drawn(SamplingParameters parameters, float[] logits) {
    Sampler sampler = Sampler.of(parameters, NO_PROMPT, -1);
    return 1
        + IntStream.range(0, 8000)
            .map(_ -> sampler.sample(logits, 0, logits.length).tokenId())
            .max()
            .orElseThrow();
  }

  @Test
  void tinyTopP_orTopKOfOne_isGreedy() {
    SplittableRandom random = new SplittableRandom(26);
    Sampler tiny =
        Sampler.of(
            new SamplingParameters(2, 0, Double.MIN_VALUE, 0, 1, 0, 0, Map.of(), 5), NO_PROMPT, -1);
    Sampler one =
        Sampler.of(new SamplingParameters(2, 1, 1, 0, 1, 0, 0, Map.of(), 5), NO_PROMPT, -1);
    Sampler greedy = Sampler.of(SamplingParameters.greedy(), NO_PROMPT, -1);
    for (int step = 0; step < 300; step++) {
      float[] logits = TestLogits.random(random, 1 + random.nextInt(500));
      int expected = greedy.sample(logits, 0, logits.length).tokenId();
      assertThat(tiny.sample(logits, 0, logits.length).tokenId()).isEqualTo(expected);
      assertThat(one.sample(logits, 0, logits.length).tokenId()).isEqualTo(expected);
    }
  }

  @Test
  void extremeParameters_neverBreakTheChoice() {
    float[] logits = {3e38f, -3e38f, 0, NONE};
    SamplingParameters parameters =
        new SamplingParameters(
            Double.MIN_VALUE, 0, 0.9, 0.1, 1e-300, -2, -2, Map.of(0, 100.0, 3, 100.0), 7);
    Sampler sampler = Sampler.of(parameters, new int[] {0, 1, 2, 3}, 1);
    for (int step = 0; step < 10; step++) {
      assertThat(sampler.sample(logits.clone(), 0, 4).tokenId()).isZero();
    }
  }

  @Test
  void invalidLogits_areRefused_byNumber() {
    Sampler sampler = Sampler.of(SamplingParameters.greedy(), NO_PROMPT, -1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.sample(new float[] {0, 1, Float.NaN, 2}, 1, 3))
        .withMessage("logits must be finite or -Infinity, got NaN (token 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.sample(new float[] {0, Float.POSITIVE_INFINITY}, 0, 2))
        .withMessage("logits must be finite or -Infinity, got Infinity (token 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.sample(new float[] {NONE, NONE}, 0, 2))
        .withMessage("at least one logit must be finite, got 2 of -Infinity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.score(new float[] {1, 2}, 0, 2, 2, 0))
        .withMessage("token id must be in [0, 2), got 2");
  }

  @Test
  void tokenIdsBeyondTheVocabulary_areRefused() {
    SamplingParameters biased = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(9, 1.0), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.of(biased, NO_PROMPT, -1).sample(new float[4], 0, 4))
        .withMessage("token ids of prompt and logitBias must be in [0, 4), got 9");
    SamplingParameters repetition = new SamplingParameters(0, 0, 1, 0, 2, 0, 0, Map.of(), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sampler.of(repetition, new int[] {-1}, -1))
        .withMessage("token id must be >= 0, got -1");
  }

  private static int[] append(int[] ids, int id) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = id;
    return longer;
  }
}
