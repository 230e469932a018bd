package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOverloadedException;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.Origin;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Residency;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.sampling.SamplingParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The engine over the embedded model.
class EngineTest {
  private static final int NUM_LAYERS = 6;
  private static final int TOP_K = 2;
  private static final int MAX_TOKENS = 24;

  private static final List<int[]> PROMPTS =
      IntStream.range(0, 6).mapToObj(seed -> prompt(seed, 5 + 29 * seed)).toList();

  private static List<int[]> expected = List.of();
  private static Engine shared =
      new FiddlerEngine(none(), Engines::evenSpread, new EngineListener() {});

  private static EngineOptions none() {
    return Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO);
  }

  private static int[] prompt(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.ints(length, 5, 3000).toArray();
  }

  @BeforeAll
  static void generateAlone() {
    shared.load();
    expected = PROMPTS.stream().map(prompt -> generate(shared, prompt)).toList();
  }

  @AfterAll
  static void close() {
    shared.close();
  }

  private static int[] generate(Engine engine, int[] prompt) {
    CollectingListener listener = new CollectingListener();
    engine.submit(Engines.greedy(prompt, MAX_TOKENS), listener);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    return listener.tokenIds();
  }

  private static List<int[]> generateTogether(Engine engine) {
    List<CollectingListener> listeners = new ArrayList<>();
    for (int[] prompt : PROMPTS) {
      CollectingListener listener = new CollectingListener();
      listeners.add(listener);
      engine.submit(Engines.greedy(prompt, MAX_TOKENS), listener);
    }
    listeners.forEach(CollectingListener::awaitReport);
    return listeners.stream().map(CollectingListener::tokenIds).toList();
  }

  @Test
  void tokens_areTheSameAloneAndInABatch() {
    assertThat(generateTogether(shared)).usingRecursiveComparison().isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, HOST",
    "0, STREAM",
    "0, SPLIT",
    "0, AUTO",
    "12, AUTO",
    "12, STREAM",
    "12, SPLIT",
    "24, SPLIT",
    "48, AUTO"
  })
  void tokens_areTheSame_whereverExpertsAreComputed(int experts, DispatchMode dispatch) {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, experts, dispatch))) {
      assertThat(engine.device().expertCapacity()).isEqualTo(experts);
      assertThat(generateTogether(engine)).usingRecursiveComparison().isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 3, 1", "32, 33, 2", "6, 500, 2"})
  void tokens_areTheSame_whateverTheStepSizeAndTheNumberOfThreads(
      int maxRunning, int maxStepTokens, int threads) {
    EngineOptions options =
        new EngineOptions(
            "tiny-moe",
            Path.of("target", "engine-tests"),
            new DeviceOptions(Kind.NONE, 0, -1),
            new HostOptions(threads, Kernels.FLOAT32),
            new Limits(64, maxRunning, maxStepTokens, 0),
            DispatchMode.AUTO);
    try (Engine engine = Engines.load(options)) {
      assertThat(generateTogether(engine)).usingRecursiveComparison().isEqualTo(expected);
    }
  }

  @Test
  void tokens_areTheSame_whileThePlacementChangesUnderThem() {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, 12, DispatchMode.AUTO))) {
      List<CollectingListener> listeners = new ArrayList<>();
      for (int[] prompt : PROMPTS) {
        CollectingListener listener = new CollectingListener();
        listeners.add(listener);
        engine.submit(Engines.greedy(prompt, MAX_TOKENS), listener);
      }
      Random random = new Random(7);
      for (int version = 2; version < 12; version++) {
        Residency residency = engine.apply(randomPlacement(engine, version, random)).join();
        assertThat(residency.placementVersion()).isEqualTo(version);
        assertThat(residency.size()).isEqualTo(12);
      }
      listeners.forEach(CollectingListener::awaitReport);
      assertThat(listeners.stream().map(CollectingListener::tokenIds).toList())
          .usingRecursiveComparison()
          .isEqualTo(expected);
      assertThat(engine.placement().version()).isEqualTo(11);
    }
  }

  private static VersionedPlacement randomPlacement(Engine engine, long version, Random random) {
    List<Integer> indexes =
        new ArrayList<>(IntStream.range(0, engine.model().grid().size()).boxed().toList());
    Collections.shuffle(indexes, random);
    List<ScoredExpert> experts =
        indexes.stream()
            .limit(12)
            .map(engine.model().grid()::at)
            .map((ExpertId id) -> new ScoredExpert(id, 1))
            .toList();
    return new VersionedPlacement(
        version, new Placement(experts, "random", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  @Test
  void activations_areExact() {
    long before = total(shared);
    int[] prompt = PROMPTS.get(2);
    CollectingListener listener = new CollectingListener();
    shared.submit(Engines.greedy(prompt, MAX_TOKENS), listener);
    GenerationReport report = listener.awaitReport();
    long perToken = (long) NUM_LAYERS * TOP_K;
    int computed = prompt.length - report.costs().cachedPromptTokens();
    assertThat(computed).isPositive();
    assertThat(report.prefill().total()).isEqualTo(computed * perToken);
    // The last token is never fed back.
    assertThat(report.decode().total()).isEqualTo((MAX_TOKENS - 1) * perToken);
    assertThat(total(shared) - before)
        .isEqualTo(report.prefill().total() + report.decode().total());
  }

  private static long total(Engine engine) {
    return engine.activations().snapshot().values().stream()
        .mapToLong(ActivationSnapshot::total)
        .sum();
  }

  @Test
  void activations_areCountedForTheTenantAndPhase() {
    GenerationRequest request =
        new GenerationRequest(
            Origin.of("acme"),
            new int[] {1, 2, 3},
            1,
            Decoding.sampled(SamplingParameters.greedy()),
            Set.of(),
            true,
            -1,
            false);
    CollectingListener listener = new CollectingListener();
    shared.submit(request, listener);
    listener.awaitReport();
    ActivationSnapshot counted =
        java.util.Objects.requireNonNull(shared.activations().snapshot().get("acme"));
    assertThat(counted.total()).isEqualTo(3L * NUM_LAYERS * TOP_K);
    assertThat(java.util.Arrays.stream(counted.counts()[Phase.DECODE.ordinal()]).sum()).isZero();
  }

  @Test
  void hitRate_isTheShareOfResidentExperts_andCountsSinceThePlacement() {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, 12, DispatchMode.AUTO))) {
      generateTogether(engine);
      double hitRate = engine.assignmentsSincePlacement().prefill().hitRate();
      assertThat(hitRate).isBetween(0.05, 0.6);
      engine.apply(new VersionedPlacement(2, engine.placement().placement())).join();
      assertThat(engine.assignmentsSincePlacement().prefill().total()).isZero();
    }
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, 48, DispatchMode.AUTO))) {
      generateTogether(engine);
      assertThat(engine.assignmentsSincePlacement().decode().hitRate()).isEqualTo(1);
    }
  }

  @Test
  void promptLogprobs_areOneAToken_exceptTheFirst() {
    GenerationRequest request =
        new GenerationRequest(
            Origin.of("default"),
            PROMPTS.get(3),
            0,
            Decoding.sampled(SamplingParameters.greedy()),
            Set.of(),
            false,
            2,
            true);
    CollectingListener listener = new CollectingListener();
    shared.submit(request, listener);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(listener.tokens()).isEmpty();
    assertThat(listener.promptLogprobs()).hasSize(PROMPTS.get(3).length - 1);
    assertThat(listener.promptLogprobs().getFirst().tokenId()).isEqualTo(PROMPTS.get(3)[1]);
    assertThat(listener.promptLogprobs())
        .allSatisfy(token -> {
          assertThat(token.logprob()).isLessThanOrEqualTo(0);
          assertThat(token.top()).hasSizeGreaterThanOrEqualTo(2);
        });
  }

  @Test
  void generation_endsWithStop_atAStopToken() {
    int stop = expected.get(0)[3];
    int firstStop = IntStream.range(0, 4).filter(i -> expected.get(0)[i] == stop).min().orElse(3);
    GenerationRequest request =
        new GenerationRequest(
            Origin.of("default"),
            PROMPTS.get(0),
            MAX_TOKENS,
            Decoding.sampled(SamplingParameters.greedy()),
            Set.of(stop),
            false,
            -1,
            false);
    CollectingListener listener = new CollectingListener();
    shared.submit(request, listener);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.STOP);
    assertThat(listener.tokenIds()).hasSize(firstStop);
  }

  @Test
  void cancel_endsAGeneration_whileItDecodes() throws InterruptedException {
    CollectingListener listener = new CollectingListener();
    Generation generation = shared.submit(Engines.greedy(new int[] {1, 2, 3}, 900), listener);
    listener.awaitFirstToken();
    generation.cancel();
    GenerationReport report = listener.awaitReport();
    assertThat(report.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(report.completionTokens()).isBetween(1, 899);
  }

  @Test
  void cancel_endsAGeneration_whileItWaits() throws InterruptedException {
    EngineOptions one =
        new EngineOptions(
            "tiny-moe",
            Path.of("target", "engine-tests"),
            new DeviceOptions(Kind.NONE, 0, -1),
            new HostOptions(1, Kernels.FLOAT32),
            new Limits(1, 1, 64, 0),
            DispatchMode.AUTO);
    try (Engine engine = Engines.load(one)) {
      CollectingListener running = new CollectingListener();
      Generation first = engine.submit(Engines.greedy(new int[] {1}, 1000), running);
      running.awaitFirstToken();
      CollectingListener waiting = new CollectingListener();
      Generation second = engine.submit(Engines.greedy(new int[] {1}, 1000), waiting);
      assertThatThrownBy(
              () -> engine.submit(Engines.greedy(new int[] {1}, 1), new CollectingListener()))
          .isInstanceOf(EngineOverloadedException.class)
          .hasMessage("1 requests are waiting already; try again later");
      second.cancel();
      GenerationReport report = waiting.awaitReport();
      assertThat(report.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(report.completionTokens()).isZero();
      first.cancel();
      running.awaitReport();
    }
  }

  @Test
  void close_failsWhatIsRunning() throws InterruptedException {
    CollectingListener listener = new CollectingListener();
    Engine engine = Engines.load(none());
    engine.submit(Engines.greedy(new int[] {1}, 1000), listener);
    listener.awaitFirstToken();
    engine.close();
    engine.close();
    assertThat(listener.awaitFailure()).isInstanceOf(EngineNotReadyException.class);
    assertThat(engine.status().state()).isEqualTo(EngineState.CLOSED);
    assertThatThrownBy(() -> engine.submit(Engines.greedy(new int[] {1}, 1), listener))
        .isInstanceOf(EngineNotReadyException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1 | promptTokens must have at least one token, got none",
        "1000 | 25 | maxTokens must be at most 24, got 25: the prompt has 1000 tokens, and the context is 1024",
        "1024 | 1 | promptTokens must leave room for the tokens generated, got 1024 tokens: the context is 1024",
        "1 | -1 | maxTokens must not be negative, got -1"
      })
  void submit_refusesWhatCanNeverBeServed(int length, int maxTokens, String message) {
    assertThatThrownBy(() ->
            shared.submit(Engines.greedy(new int[length], maxTokens), new CollectingListener()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void submit_refusesTokensOutsideTheVocabulary() {
    assertThatThrownBy(
            () -> shared.submit(Engines.greedy(new int[] {3072}, 1), new CollectingListener()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("promptTokens must be of token ids in [0, 3072), got 3072");
  }

  @Test
  void generationWhoseSamplingFails_endsWithAnError_andOthersGoOn() {
    SamplingParameters bad = new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(4000, 1.0), 0);
    CollectingListener fails = new CollectingListener();
    CollectingListener goesOn = new CollectingListener();
    shared.submit(
        new GenerationRequest(
            Origin.of("default"),
            new int[] {1, 2},
            8,
            Decoding.sampled(bad),
            Set.of(),
            true,
            -1,
            false),
        fails);
    shared.submit(Engines.greedy(PROMPTS.get(0), MAX_TOKENS), goesOn);
    assertThat(fails.awaitFailure()).hasMessageContaining("4000");
    goesOn.awaitReport();
    assertThat(goesOn.tokenIds()).containsExactly(expected.get(0));
  }
}
