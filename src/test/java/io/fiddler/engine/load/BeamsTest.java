package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.beam.BeamHypothesis;
import io.fiddler.sampling.beam.BeamParameters;
import io.fiddler.sampling.beam.EarlyStopping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Beam search over the embedded model.
class BeamsTest {
  private static final int NUM_LAYERS = 6;
  private static final int TOP_K = 2;

  private static Engine shared =
      new FiddlerEngine(none(), Engines::evenSpread, new EngineListener() {});
  private static List<List<BeamHypothesis>> alone = List.of();

  private static EngineOptions none() {
    return Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO);
  }

  private static EngineOptions limited(Kind kind, int maxRunning, int stepTokens, int cacheTokens) {
    return Engines.options(
        kind,
        12,
        new Limits(64, maxRunning, stepTokens, cacheTokens).withFixedCache(),
        DispatchMode.AUTO);
  }

  @BeforeAll
  static void searchAlone() throws IOException {
    shared.load();
    alone = GoldenBeams.all().stream().map(golden -> search(shared, golden)).toList();
  }

  @AfterAll
  static void close() {
    shared.close();
  }

  private static List<BeamHypothesis> search(Engine engine, GoldenBeams golden) {
    CollectingListener listener = golden.submit(engine);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    return listener.hypotheses();
  }

  @Test
  void bestHypotheses_equalTheReference() throws IOException {
    List<GoldenBeams> all = GoldenBeams.all();
    for (int i = 0; i < all.size(); i++) {
      assertThat(alone.get(i)).hasSize(GoldenBeams.WIDTH);
      assertThat(GoldenBeams.ids(alone.get(i).getFirst())).isEqualTo(all.get(i).best());
    }
  }

  @ParameterizedTest
  @CsvSource({"0, HOST", "0, STREAM", "12, AUTO", "12, SPLIT", "48, AUTO"})
  void hypotheses_areTheSameBits_whereverExpertsAreComputed(int experts, DispatchMode dispatch)
      throws IOException {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, experts, dispatch))) {
      List<GoldenBeams> all = GoldenBeams.all();
      for (int i = 0; i < all.size(); i++) {
        assertThat(search(engine, all.get(i))).isEqualTo(alone.get(i));
      }
    }
  }

  /// All searches at once beside plain generations: in steps of any size, with blocks for few of
  /// them, so that groups are set back.
  @ParameterizedTest
  @CsvSource({
    "NONE, 32, 64, 0",
    "NONE, 9, 9, 0",
    "EMULATED, 32, 40, 0",
    "NONE, 32, 64, 256",
    "EMULATED, 16, 16, 208"
  })
  void hypotheses_areTheSameBits_whoeverElseIsInTheBatch(
      Kind kind, int maxRunning, int stepTokens, int cacheTokens) throws IOException {
    try (Engine engine = Engines.load(limited(kind, maxRunning, stepTokens, cacheTokens))) {
      List<CollectingListener> others = new ArrayList<>();
      List<CollectingListener> searches = new ArrayList<>();
      for (GoldenBeams golden : GoldenBeams.all()) {
        others.add(submit(engine, Engines.greedy(prompt(others.size(), 40), 30)));
        searches.add(golden.submit(engine));
      }
      for (int i = 0; i < searches.size(); i++) {
        assertThat(searches.get(i).awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(searches.get(i).hypotheses()).isEqualTo(alone.get(i));
      }
      for (int i = 0; i < others.size(); i++) {
        others.get(i).awaitReport();
        CollectingListener undisturbed = submit(shared, Engines.greedy(prompt(i, 40), 30));
        undisturbed.awaitReport();
        assertThat(others.get(i).tokenIds()).isEqualTo(undisturbed.tokenIds());
      }
    }
  }

  private static int[] prompt(long seed, int length) {
    return new SplittableRandom(seed).ints(length, 5, 3000).toArray();
  }

  private static CollectingListener submit(Engine engine, GenerationRequest request) {
    CollectingListener listener = new CollectingListener();
    engine.submit(request, listener);
    return listener;
  }

  @Test
  void scores_areMeanLogprobs_ofTokensThatAreReportedAsWithPlainDecoding() throws IOException {
    GoldenBeams golden = GoldenBeams.all().getFirst();
    int[] prompt = golden.prompt().stream().mapToInt(Integer::intValue).toArray();
    CollectingListener listener =
        submit(
            shared,
            new GenerationRequest(
                Origin.of("default"),
                prompt,
                12,
                new Decoding.Beams(BeamParameters.ofWidth(3)),
                Set.of(),
                true,
                2,
                true));
    listener.awaitReport();
    assertThat(listener.promptLogprobs()).hasSize(prompt.length - 1);
    for (BeamHypothesis hypothesis : listener.hypotheses()) {
      assertThat(hypothesis.tokens())
          .hasSize(12)
          .allSatisfy(token -> {
            assertThat(token.top()).hasSize(2);
            assertThat(token.logprob()).isNegative();
          });
      double mean =
          hypothesis.tokens().stream().mapToDouble(token -> token.logprob()).average().orElse(0);
      assertThat(hypothesis.score()).isCloseTo(mean, within(1e-9));
      // The reference: the tokens as a prompt, scored one by one.
      int[] all =
          IntStream.concat(
                  IntStream.of(prompt),
                  hypothesis.tokens().stream().mapToInt(token -> token.tokenId()))
              .toArray();
      CollectingListener scored =
          submit(
              shared,
              new GenerationRequest(
                  Origin.of("default"),
                  all,
                  0,
                  Decoding.sampled(SamplingParameters.greedy()),
                  Set.of(),
                  true,
                  2,
                  true));
      scored.awaitReport();
      assertThat(scored.promptLogprobs().subList(prompt.length - 1, all.length - 1))
          .isEqualTo(hypothesis.tokens());
    }
  }

  @Test
  void widthOne_isGreedy() {
    int[] prompt = prompt(5, 20);
    CollectingListener greedy = submit(shared, Engines.greedy(prompt, 20));
    CollectingListener beam = submit(shared, Engines.beams(prompt, 20, 1));
    greedy.awaitReport();
    beam.awaitReport();
    assertThat(beam.hypotheses()).hasSize(1);
    assertThat(beam.hypotheses().getFirst().tokens().stream().mapToInt(t -> t.tokenId()))
        .containsExactly(IntStream.of(greedy.tokenIds()).boxed().toArray(Integer[]::new));
  }

  @Test
  void stopTokens_endHypotheses_andAreNotPartOfThem() throws IOException {
    GoldenBeams golden = GoldenBeams.all().getFirst();
    int[] prompt = golden.prompt().stream().mapToInt(Integer::intValue).toArray();
    int stop = golden.best().get(5);
    BeamParameters parameters = new BeamParameters(4, 1, EarlyStopping.AT_ONCE);
    CollectingListener listener =
        submit(
            shared,
            new GenerationRequest(
                Origin.of("default"),
                prompt,
                24,
                new Decoding.Beams(parameters),
                Set.of(stop),
                false,
                -1,
                false));
    GenerationReport report = listener.awaitReport();
    assertThat(report.reason()).isEqualTo(FinishReason.STOP);
    assertThat(listener.hypotheses())
        .hasSize(4)
        .allSatisfy(hypothesis -> {
          assertThat(GoldenBeams.ids(hypothesis)).doesNotContain(stop);
          assertThat(hypothesis.stopped()).isEqualTo(hypothesis.tokens().size() < 24);
        });
    assertThat(listener.tokens()).isEmpty();
  }

  @Test
  void account_countsTheRowsOfAllBeams() {
    CollectingListener listener = submit(shared, Engines.beams(prompt(8, 30), 10, 4));
    GenerationReport report = listener.awaitReport();
    assertThat(report.completionTokens()).isEqualTo(10);
    assertThat(report.firstTokenNanos()).isPositive();
    assertThat(report.prefill().total()).isEqualTo(30L * NUM_LAYERS * TOP_K);
    // The last of the ten tokens is never fed back.
    assertThat(report.decode().total()).isEqualTo(9L * 4 * NUM_LAYERS * TOP_K);
  }

  @Test
  void whatCanNeverRun_isRefusedWithOneSentence() {
    try (Engine engine = Engines.load(limited(Kind.NONE, 8, 64, 256))) {
      assertRefused(
          engine,
          Engines.beams(prompt(1, 5), 4, 9),
          "beams must be at most 8, got 9 (fiddler.engine.max-running)");
      assertRefused(
          engine,
          Engines.beams(prompt(1, 5), 0, 2),
          "maxTokens must be at least 1 for a beam search, got 0");
      assertRefused(
          engine,
          Engines.beams(prompt(1, 40), 60, 4),
          "maxTokens must be at most 40, got 60: the prompt has 40 tokens, and the key/value cache holds 256"
              + " for all 4 beams (fiddler.engine.kv-cache-tokens, fiddler.engine.kv-cache-max-share)");
      assertThat(submit(engine, Engines.beams(prompt(1, 40), 24, 4)).awaitReport().reason())
          .isEqualTo(FinishReason.LENGTH);
    }
  }

  private static void assertRefused(Engine engine, GenerationRequest request, String message) {
    assertThatThrownBy(() -> engine.submit(request, new CollectingListener()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
