package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SamplerDistributionTest {
  private static final int[] NO_PROMPT = {};

  @Test
  void draws_followTheReferenceDistribution_forAnyParameters() {
    SplittableRandom random = new SplittableRandom(22);
    for (int round = 0; round < 60; round++) {
      int vocabulary = new int[] {2, 7, 50, 257, 600}[random.nextInt(5)];
      float[] logits = TestLogits.random(random, vocabulary);
      SamplingParameters parameters =
          new SamplingParameters(
              random.nextDouble(0.2, 2),
              random.nextBoolean() ? 0 : 1 + random.nextInt(vocabulary + 5),
              random.nextBoolean() ? 1 : random.nextDouble(0.01, 1),
              random.nextBoolean() ? 0 : random.nextDouble(0, 0.3),
              1,
              0,
              0,
              Map.of(random.nextInt(vocabulary), random.nextDouble(-3, 3)),
              round);
      double[] adjusted = NaiveSampling.adjusted(logits, parameters, NO_PROMPT, NO_PROMPT);
      Sampler sampler = Sampler.of(parameters, NO_PROMPT, -1);
      long[] counts = new long[vocabulary];
      for (int draw = 0; draw < 5000; draw++) {
        counts[sampler.sample(logits.clone(), 0, vocabulary).tokenId()]++;
      }
      ChiSquare.assertFollows(
          counts, NaiveSampling.distribution(adjusted, parameters), "round " + round);
    }
  }

  @Test
  void firstDraws_followTheReferenceDistribution_overSeeds() {
    SplittableRandom random = new SplittableRandom(23);
    int vocabulary = 40;
    float[] logits = TestLogits.random(random, vocabulary);
    int[] prompt = {1, 2, 3, 3};
    int[] output = {3, 4, 5, 5, 5};
    long[] counts = new long[vocabulary];
    for (int seed = 0; seed < 20_000; seed++) {
      Sampler sampler = Sampler.of(penalties(seed), prompt, -1);
      for (int id : output) {
        sampler.sample(TestLogits.only(id, vocabulary), 0, vocabulary);
      }
      counts[sampler.sample(logits.clone(), 0, vocabulary).tokenId()]++;
    }
    double[] adjusted = NaiveSampling.adjusted(logits, penalties(0), prompt, output);
    ChiSquare.assertFollows(
        counts, NaiveSampling.distribution(adjusted, penalties(0)), "over seeds");
  }

  private static SamplingParameters penalties(int seed) {
    return new SamplingParameters(0.9, 30, 0.95, 0.01, 1.2, 0.3, 0.4, Map.of(7, 1.5), seed);
  }

  @Test
  void hugeVocabulary_isSampled_withinTheReferenceSupport() {
    SplittableRandom random = new SplittableRandom(27);
    int vocabulary = 151_936;
    float[] logits = TestLogits.random(random, vocabulary);
    for (int topK : new int[] {0, 40_000}) {
      for (double topP : new double[] {0.3, 0.99}) {
        SamplingParameters parameters =
            new SamplingParameters(1, topK, topP, 0, 1, 0, 0, Map.of(), 6);
        double[] p =
            NaiveSampling.distribution(
                NaiveSampling.adjusted(logits, parameters, NO_PROMPT, NO_PROMPT), parameters);
        Sampler sampler = Sampler.of(parameters, NO_PROMPT, -1);
        for (int draw = 0; draw < 20; draw++) {
          assertThat(p[sampler.sample(logits, 0, vocabulary).tokenId()]).isPositive();
        }
      }
    }
  }
}
