package io.fiddler.learning.correction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.Origin;
import io.fiddler.engine.PrefillReport;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Instruction;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.Room;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.learning.drift.DriftOptions;
import io.fiddler.ops.FakeStore;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.correction.ExchangeRules;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.usage.PlacementVersion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// tiny-moe on an emulated device with room for 12 of its 48 experts, what changes its placements,
/// and time as a test wants it.
final class Rig implements AutoCloseable {
  static final Duration WINDOW = Duration.ofMinutes(5);
  static final ExchangeRules RULES =
      new ExchangeRules(0.1, 2, Duration.ofHours(1), Duration.ofSeconds(10), 1L << 30);

  /// Everything that promises anything is moved at once.
  static final ExchangeRules RESTLESS =
      new ExchangeRules(0, 0, Duration.ofHours(1), Duration.ZERO, 1L << 30);

  private static final long DEADLINE_SECONDS = 60;

  final FakeStore store = new FakeStore();
  final CurrentPlacement current = new CurrentPlacement();
  final Engine engine;
  final Replanning replanning;
  private Instant now = Instant.parse("2026-03-04T05:06:07Z");
  private long nanos;

  Rig() {
    PlacementPlanner planner =
        new PlacementPlanner(
            store,
            PolicyCatalogue.withDefaults(),
            new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
            () -> "replica-1",
            Clock.fixed(now, ZoneOffset.UTC));
    engine =
        new FiddlerEngine(
            new EngineOptions(
                "tiny-moe",
                Path.of("target", "engine-tests"),
                new DeviceOptions(Kind.EMULATED, 0, 12),
                new HostOptions(2, Kernels.FLOAT32),
                new Limits(64, 32, 64, 0),
                DispatchMode.AUTO),
            (model, capacity) -> {
              store.statistics = new ActivationStatistics(model.grid());
              PlacementVersion first =
                  new StartupPlanning(planner, store.records())
                      .plan(new Room(model.fingerprint(), model.grid(), capacity));
              current.set(first);
              return new VersionedPlacement(first.id(), first.placement());
            },
            new EngineListener() {});
    engine.load();
    replanning = new Replanning(engine, _ -> true, planner, store.records(), current);
  }

  private LiveCorrection correction(Mode mode, ExchangeRules rules, boolean started) {
    Changes changes = new Changes(replanning, current, () -> now);
    PastTraffic past =
        new PastTraffic(store, new HalfLives(Duration.ofDays(7), Duration.ofHours(1)));
    CorrectionOptions options = new CorrectionOptions(mode, WINDOW, rules);
    DriftOptions drift = new DriftOptions(0.1, 0.05);
    return started
        ? LiveCorrection.start(engine, changes, past, options, drift)
        : new LiveCorrection(engine, changes, past, options, drift);
  }

  /// One that looks when told to.
  LiveCorrection stepped(Mode mode, ExchangeRules rules) {
    return correction(mode, rules, false);
  }

  /// One that runs.
  LiveCorrection running(Mode mode, ExchangeRules rules) {
    return correction(mode, rules, true);
  }

  /// Lets time go by and has the correction look.
  void look(LiveCorrection correction, Duration later) {
    now = now.plus(later);
    nanos += later.toNanos();
    correction.look(nanos);
  }

  /// Ends the correction as closing does.
  void finish(LiveCorrection correction) {
    correction.finish(nanos);
  }

  /// Looks, a while after the other, until something holds. What a look sets on its way has arrived
  /// before the next: how much time goes by meanwhile does not depend on the machine.
  void lookUntil(LiveCorrection correction, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!holds.getAsBoolean()) {
      look(correction, Duration.ofMillis(300));
      while (correction.isCopying()) {
        assertInTime(correction, deadline);
        Thread.onSpinWait();
      }
      assertInTime(correction, deadline);
    }
  }

  private static void assertInTime(LiveCorrection correction, long deadline) {
    assertThat(System.nanoTime()).as(correction.status().toString()).isLessThan(deadline);
  }

  Replanning.Outcome operatorApplies() {
    return replanning.apply(Optional.of("even"), new Instruction("ann", "as before"));
  }

  /// Begins to generate.
  CompletableFuture<List<Integer>> generate(int[] prompt, int maxTokens) {
    Tokens tokens = new Tokens();
    engine.submit(
        new GenerationRequest(
            Origin.of("default"),
            prompt,
            maxTokens,
            Decoding.sampled(SamplingParameters.greedy()),
            Set.of(),
            true,
            -1,
            false),
        tokens);
    return tokens.all.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static final class Tokens implements GenerationListener {
    final CompletableFuture<List<Integer>> all = new CompletableFuture<>();
    private final List<Integer> ids = new CopyOnWriteArrayList<>();

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> logprobs) {}

    @Override
    public void onToken(SampledToken token) {
      ids.add(token.tokenId());
    }

    @Override
    public void onFinish(GenerationReport report) {
      all.complete(List.copyOf(ids));
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      all.completeExceptionally(failure);
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
