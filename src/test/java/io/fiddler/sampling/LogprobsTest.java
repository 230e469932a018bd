package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LogprobsTest {
  private static final int[] NO_PROMPT = {};
  private static final float NONE = Float.NEGATIVE_INFINITY;

  @Test
  void logprobs_areThoseOfTheRawLogits_whateverTheParameters() {
    SplittableRandom random = new SplittableRandom(25);
    int vocabulary = 700;
    SamplingParameters parameters =
        new SamplingParameters(0.5, 5, 0.9, 0.01, 1.3, 1, 1, Map.of(3, 8.0, 4, -50.0), 1);
    Sampler sampler = Sampler.of(parameters, IntStream.range(0, 300).toArray(), 4);
    for (int step = 0; step < 200; step++) {
      float[] logits = TestLogits.random(random, vocabulary);
      double[] raw = IntStream.range(0, vocabulary).mapToDouble(i -> logits[i]).toArray();
      double[] p = NaiveSampling.softmax(raw);
      int[] best = NaiveSampling.bestFirst(raw);
      SampledToken scored = Sampler.score(logits, 0, vocabulary, 17, 4);
      SampledToken token = sampler.sample(logits, 0, vocabulary);
      assertThat(token.logprob()).isCloseTo(Math.log(p[token.tokenId()]), within(1e-12));
      assertThat(scored.logprob()).isCloseTo(Math.log(p[17]), within(1e-12));
      assertThat(scored.tokenId()).isEqualTo(17);
      assertThat(scored.top()).isEqualTo(token.top());
      assertThat(token.top())
          .extracting(TokenLogprob::tokenId)
          .containsExactly(best[0], best[1], best[2], best[3]);
      for (TokenLogprob top : token.top()) {
        assertThat(top.logprob()).isCloseTo(Math.log(p[top.tokenId()]), within(1e-12));
      }
    }
  }

  @Test
  void logprobs_areLeftOut_unlessAskedFor() {
    float[] logits = {1, NONE, 2};
    SampledToken none = Sampler.of(SamplingParameters.greedy(), NO_PROMPT, -1).sample(logits, 0, 3);
    assertThat(none.logprob()).isNaN();
    assertThat(none.top()).isEmpty();
    SampledToken chosen =
        Sampler.of(SamplingParameters.greedy(), NO_PROMPT, 0).sample(logits, 0, 3);
    assertThat(chosen.logprob()).isCloseTo(-Math.log1p(Math.exp(-1)), within(1e-12));
    assertThat(chosen.top()).isEmpty();
    assertThat(Sampler.score(logits, 0, 3, 1, 5).logprob()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Sampler.score(logits, 0, 3, 1, 5).top())
        .extracting(TokenLogprob::tokenId)
        .containsExactly(2, 0);
    assertThat(Sampler.score(logits, 0, 3, 1, -1))
        .isEqualTo(new SampledToken(1, Double.NaN, List.of()));
  }
}
