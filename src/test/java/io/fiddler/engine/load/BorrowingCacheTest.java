package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.StepReport;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sequences that need more of the key/value cache than there is, on an emulated device with 24 of
/// tiny-moe's 48 experts. A frame has room for 3 blocks: 12 of them may be lent, 576 tokens.
class BorrowingCacheTest {
  private static final int EXPERTS = 24;
  private static final int BASE_TOKENS = 64;
  private static final int MAX_TOKENS = 16;
  private static final CacheGrowth HALF = new CacheGrowth(0.5, Duration.ofMillis(5));

  private static final List<int[]> PROMPTS =
      IntStream.range(0, 8).mapToObj(seed -> prompt(seed, 20 + 60 * (seed % 5))).toList();

  private final Watch watch = new Watch();

  private static int[] prompt(long seed, int length) {
    return new SplittableRandom(seed).ints(length, 5, 3000).toArray();
  }

  /// What is lent while steps run, and when nothing is any more.
  private static final class Watch implements EngineListener {
    final AtomicInteger mostLent = new AtomicInteger();
    final CompletableFuture<Residency> whole = new CompletableFuture<>();
    private volatile @Nullable Engine engine;

    void at(Engine watched) {
      engine = watched;
    }

    @Override
    public void onStep(StepReport report) {
      Engine watched = engine;
      if (watched != null) {
        mostLent.accumulateAndGet(watched.device().cache().framesLent(), Math::max);
      }
    }

    @Override
    public void onIdle() {
      Engine watched = engine;
      if (watched != null
          && mostLent.get() > 0
          && watched.device().cache().framesLent() == 0
          && watched.residency().size() == EXPERTS) {
        whole.complete(watched.residency());
      }
    }
  }

  private static EngineOptions options(
      Kind kind, DispatchMode dispatch, int cacheTokens, CacheGrowth growth) {
    return Engines.options(kind, EXPERTS, new Limits(64, 8, 64, cacheTokens, growth), dispatch);
  }

  private Engine borrowing(DispatchMode dispatch) {
    Engine engine = Engines.load(options(Kind.EMULATED, dispatch, BASE_TOKENS, HALF), watch);
    watch.at(engine);
    return engine;
  }

  private static List<int[]> generate(Engine engine) {
    List<CollectingListener> listeners = new ArrayList<>();
    for (int[] prompt : PROMPTS) {
      CollectingListener listener = new CollectingListener();
      listeners.add(listener);
      engine.submit(Engines.greedy(prompt, MAX_TOKENS), listener);
    }
    listeners.forEach(CollectingListener::awaitReport);
    return listeners.stream().map(CollectingListener::tokenIds).toList();
  }

  @ParameterizedTest
  @EnumSource(DispatchMode.class)
  void tokens_areThoseOfALargeCache_andExpertsReturn(DispatchMode dispatch) throws Exception {
    List<int[]> expected;
    try (Engine large =
        Engines.load(options(Kind.NONE, DispatchMode.AUTO, 8192, CacheGrowth.NONE))) {
      expected = generate(large);
    }
    try (Engine engine = borrowing(dispatch)) {
      Residency before = engine.residency();
      assertThat(engine.device().expertCapacity()).isEqualTo(EXPERTS);
      assertThat(engine.device().cache())
          .isEqualTo(new DeviceSummary.Cache(BASE_TOKENS, BASE_TOKENS + 12 * 48, 0, 12));
      assertThat(generate(engine)).usingRecursiveComparison().isEqualTo(expected);
      assertThat(watch.mostLent.get()).isBetween(6, 12);
      Residency after = watch.whole.get(1, TimeUnit.MINUTES);
      assertThat(after.experts()).isEqualTo(before.experts());
      assertThat(after.epoch()).isGreaterThan(before.epoch());
      assertThat(after.placementVersion()).isEqualTo(before.placementVersion());
    }
  }

  @Test
  void submit_refusesWhatNoBorrowingCouldHold() {
    try (Engine engine = borrowing(DispatchMode.AUTO)) {
      assertThatThrownBy(
              () -> engine.submit(Engines.greedy(new int[640], 1), new CollectingListener()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "promptTokens must leave room for the tokens generated, got 640 tokens: the key/value cache holds 640"
                  + " (fiddler.engine.kv-cache-tokens, fiddler.engine.kv-cache-max-share)");
    }
  }

  @Test
  void cache_staysAsItIs_whenItMayBorrowNothing() {
    try (Engine engine =
        Engines.load(options(Kind.EMULATED, DispatchMode.AUTO, BASE_TOKENS, CacheGrowth.NONE))) {
      assertThat(engine.device().cache())
          .isEqualTo(new DeviceSummary.Cache(BASE_TOKENS, BASE_TOKENS, 0, 0));
      assertThatThrownBy(
              () -> engine.submit(Engines.greedy(new int[60], 5), new CollectingListener()))
          .hasMessageContaining("the key/value cache holds 64 ");
    }
  }

  /// What is resident would else depend on what else runs, and with it where experts are computed.
  @Test
  void cache_staysAsItIs_whenRunsAreReproducible() {
    EngineOptions options = options(Kind.EMULATED, DispatchMode.AUTO, BASE_TOKENS, HALF);
    EngineOptions reproducible =
        new EngineOptions(
            options.modelPath(),
            options.home(),
            options.device(),
            options.host(),
            options.limits(),
            options.dispatch(),
            new LaneOptions(true, 16));
    try (Engine engine = Engines.load(reproducible)) {
      assertThat(engine.device().cache().mostFramesLent()).isZero();
    }
  }

  @Test
  void apply_takesTheBestThatFit_whileFramesAreLent_andTheRestFollows() throws Exception {
    try (Engine engine = borrowing(DispatchMode.AUTO)) {
      CollectingListener listener = new CollectingListener();
      engine.submit(Engines.greedy(prompt(1, 500), 140), listener);
      listener.awaitFirstToken();
      List<ScoredExpert> wanted =
          IntStream.range(0, EXPERTS)
              .map(index -> 47 - index)
              .mapToObj(engine.model().grid()::at)
              .map((ExpertId id) -> new ScoredExpert(id, 1))
              .toList();
      Placement placement = new Placement(wanted, "last", Map.of(), new HitRateForecast(0, 0, 0));
      Residency placed = engine.apply(new VersionedPlacement(7, placement)).join();
      assertThat(placed.placementVersion()).isEqualTo(7);
      // 500 positions and ever more: 32 to 40 blocks, 4 of them the base's, the others of frames.
      assertThat(placed.size()).isBetween(12, 14);
      assertThat(placed.experts())
          .containsExactlyInAnyOrderElementsOf(
              wanted.subList(0, placed.size()).stream().map(ScoredExpert::id).toList());
      listener.awaitReport();
      Residency after = watch.whole.get(1, TimeUnit.MINUTES);
      assertThat(after.experts())
          .containsExactlyInAnyOrderElementsOf(wanted.stream().map(ScoredExpert::id).toList());
    }
  }

  @Test
  void apply_isGivenUpForAnother_howeverSlowItIs() {
    try (Engine engine = borrowing(DispatchMode.AUTO)) {
      List<ScoredExpert> wanted =
          IntStream.range(24, 48)
              .mapToObj(engine.model().grid()::at)
              .map((ExpertId id) -> new ScoredExpert(id, 1))
              .toList();
      Placement placement = new Placement(wanted, "last", Map.of(), new HitRateForecast(0, 0, 0));
      CompletableFuture<Residency> slow = engine.apply(new VersionedPlacement(2, placement), 100);
      Residency fast = engine.apply(new VersionedPlacement(3, placement)).join();
      assertThat(slow).isCompletedExceptionally();
      assertThat(fast.placementVersion()).isEqualTo(3);
      assertThat(fast.size()).isEqualTo(EXPERTS);
      assertThatThrownBy(() -> engine.apply(new VersionedPlacement(4, placement), 0).join())
          .hasRootCauseMessage("copies need at least 1 byte a second, got 0");
    }
  }

  @Test
  void assignments_countOn_whenTheVersionStays() {
    try (Engine engine = borrowing(DispatchMode.AUTO)) {
      generate(engine);
      long counted = engine.assignmentsSincePlacement().prefill().total();
      assertThat(counted).isPositive();
      VersionedPlacement now = engine.placement();
      engine.apply(now).join();
      assertThat(engine.assignmentsSincePlacement().prefill().total()).isEqualTo(counted);
      engine.apply(new VersionedPlacement(now.version() + 1, now.placement())).join();
      assertThat(engine.assignmentsSincePlacement().prefill().total()).isZero();
    }
  }
}
