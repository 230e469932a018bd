package io.fiddler.sampling.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BeamSearchTest {
  private static final double TOLERANCE = 1e-4;

  private record Found(List<Integer> tokens, double score) {}

  private static List<Found> found(BeamSearch search) {
    return search.hypotheses().stream()
        .map(hypothesis ->
            new Found(
                hypothesis.tokens().stream().map(SampledToken::tokenId).toList(),
                hypothesis.score()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(EarlyStopping.class)
  void hypotheses_equalThoseOfTheMatrixForm(EarlyStopping earlyStopping) {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 400; round++) {
      int numStops = random.nextInt(3);
      Set<Integer> stops = Set.of(List.of(3, 11, 17).subList(0, numStops).toArray(Integer[]::new));
      int width = 1 + random.nextInt(5);
      double penalty = List.of(-1.5, 0.0, 0.5, 1.0, 2.0).get(random.nextInt(5));
      BeamParameters parameters = new BeamParameters(width, penalty, earlyStopping);
      int maxTokens = 1 + random.nextInt(9);
      TinyModel model = new TinyModel(20, random.nextLong());

      BeamSearch search = model.search(new BeamSearch(parameters, maxTokens, stops, -1));
      List<MatrixBeamSearch.Row> expected =
          new MatrixBeamSearch(model, parameters, maxTokens, stops)
              .run().stream().filter(MatrixBeamSearch.Row::finished).toList();

      List<Found> actual = found(search);
      assertThat(actual)
          .as("%s, %d tokens, round %d", parameters, maxTokens, round)
          .hasSameSizeAs(expected);
      for (int i = 0; i < actual.size(); i++) {
        List<Integer> tokens = new ArrayList<>(expected.get(i).tokens());
        if (stops.contains(tokens.getLast())) {
          tokens.removeLast();
        }
        assertThat(actual.get(i).tokens()).isEqualTo(tokens);
        assertThat(actual.get(i).score()).isCloseTo(expected.get(i).score(), within(TOLERANCE));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 0, 1, 2.5})
  void hypotheses_areTheBestThereAre_whenTheSearchIsWideEnough(double lengthPenalty) {
    int vocabSize = 4;
    int maxTokens = 4;
    Set<Integer> stops = Set.of(0);
    BeamParameters parameters =
        new BeamParameters(256, lengthPenalty, EarlyStopping.WHEN_IMPOSSIBLE);
    for (long seed = 0; seed < 20; seed++) {
      TinyModel model = new TinyModel(vocabSize, seed);
      List<Found> all = new ArrayList<>();
      tryAll(model, parameters, maxTokens, List.of(), 0, all);
      all.sort(Comparator.comparingDouble(Found::score).reversed());

      List<Found> actual = found(model.search(new BeamSearch(parameters, maxTokens, stops, -1)));

      assertThat(actual).hasSameSizeAs(all);
      for (int i = 0; i < all.size(); i++) {
        assertThat(actual.get(i).tokens()).isEqualTo(all.get(i).tokens());
        assertThat(actual.get(i).score()).isCloseTo(all.get(i).score(), within(1e-12));
      }
    }
  }

  /// Every sequence there is; token 0 ends one.
  private static void tryAll(
      TinyModel model,
      BeamParameters parameters,
      int maxTokens,
      List<Integer> tokens,
      double logprob,
      List<Found> all) {
    double[] next = model.next(tokens);
    for (int id = 0; id < next.length; id++) {
      List<Integer> longer = new ArrayList<>(tokens);
      longer.add(id);
      double sum = logprob + next[id];
      if (id == 0) {
        all.add(new Found(tokens, parameters.score(sum, longer.size())));
      } else if (longer.size() == maxTokens) {
        all.add(new Found(longer, parameters.score(sum, longer.size())));
      } else {
        tryAll(model, parameters, maxTokens, longer, sum, all);
      }
    }
  }

  @Test
  void widthOne_isGreedy() {
    TinyModel model = new TinyModel(50, 3);
    List<Integer> greedy = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      greedy.add(model.ranked(greedy, 1).getFirst().tokenId());
    }
    BeamSearch search = model.search(new BeamSearch(BeamParameters.ofWidth(1), 12, Set.of(), -1));
    assertThat(found(search)).extracting(Found::tokens).containsExactly(greedy);
  }

  @Test
  void equalCandidates_areOrderedByBeamThenToken() {
    BeamSearch search = new BeamSearch(BeamParameters.ofWidth(2), 2, Set.of(), -1);
    List<TokenLogprob> even = new ArrayList<>();
    for (int id = 0; id < 4; id++) {
      even.add(new TokenLogprob(id, Math.log(0.25)));
    }
    assertThat(search.advance(List.of(even))).containsExactly(0, 0);
    assertThat(search.beams()).extracting(beam -> beam.last().tokenId()).containsExactly(0, 1);
    search.advance(List.of(even, even));
    assertThat(found(search))
        .extracting(Found::tokens)
        .containsExactly(List.of(0, 0), List.of(0, 1));
  }

  @Test
  void logprobsAndAlternatives_areReported_ifAskedFor() {
    TinyModel model = new TinyModel(30, 5);
    BeamSearch search = model.search(new BeamSearch(BeamParameters.ofWidth(3), 6, Set.of(), 2));
    for (BeamHypothesis hypothesis : search.hypotheses()) {
      List<Integer> before = new ArrayList<>();
      double sum = 0;
      for (SampledToken token : hypothesis.tokens()) {
        assertThat(token.logprob()).isEqualTo(model.next(before)[token.tokenId()]);
        assertThat(token.top()).isEqualTo(model.ranked(before, 2));
        sum += token.logprob();
        before.add(token.tokenId());
      }
      assertThat(hypothesis.score()).isCloseTo(sum / 6, within(1e-12));
    }
  }

  @Test
  void aSearchThatIsOver_takesNothingMore() {
    TinyModel model = new TinyModel(9, 1);
    BeamSearch search = model.search(new BeamSearch(BeamParameters.ofWidth(2), 1, Set.of(), -1));
    assertThat(search.beams()).isEmpty();
    assertThatThrownBy(() -> search.advance(List.of())).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-400, 400, 1e300, -1e300})
  void extremePenalties_stillEndWithHypotheses(double lengthPenalty) {
    for (EarlyStopping earlyStopping : EarlyStopping.values()) {
      BeamSearch search =
          new BeamSearch(new BeamParameters(3, lengthPenalty, earlyStopping), 8, Set.of(2), -1);
      assertThat(new TinyModel(12, 8).search(search).hypotheses())
          .isNotEmpty()
          .allSatisfy(hypothesis -> assertThat(hypothesis.score()).isNotNaN());
    }
  }
}
