package io.fiddler.placement.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.dispatch.LatencyModel;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.ExpertTrace;
import io.fiddler.expert.Phase;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.TimeBucket;
import io.fiddler.placement.simulation.Outcome.Speed;
import io.fiddler.placement.simulation.SimulationResult.CurvePoint;
import io.fiddler.placement.simulation.SimulationResult.PolicyOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {
  private static final Map<String, PlacementPolicy> POLICIES =
      Map.of("even", new EvenSpreadPolicy(), "frequency", new FrequencyPolicy());
  private static final HalfLives HALF_LIVES =
      new HalfLives(Duration.ofDays(7), Duration.ofMinutes(5));
  private static final LatencyModel LATENCY = RandomTraces.latency(3_000, 5_000, 200);

  private static Simulation simulation(SimulatedMachine machine) {
    return new Simulation(RandomTraces.MODEL, machine, HALF_LIVES, POLICIES);
  }

  private static SimulationQuestion question(int experts, int concurrency) {
    return new SimulationQuestion(experts, "frequency", 1, 1, concurrency);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 4", "4, 16"})
  void oracle_isAboveHindsight_andHindsightAboveEveryPolicy(long seed, int concurrency) {
    SimulationResult result =
        simulation(RandomTraces.machine(LATENCY))
            .run(RandomTraces.traces(seed, 30), question(7, concurrency));

    assertThat(result.policies())
        .extracting(PolicyOutcome::policy)
        .containsExactly("even", "frequency");
    for (PolicyOutcome policy : result.policies()) {
      assertThat(policy.outcome().hitRate()).isLessThanOrEqualTo(result.hindsight().hitRate());
    }
    assertThat(result.hindsight().hitRate()).isLessThan(result.oracle().hitRate());
    double before = -1;
    double beforeOracle = -1;
    for (CurvePoint point : result.curve()) {
      assertThat(point.outcome().hitRate()).isLessThanOrEqualTo(point.hindsight().hitRate());
      assertThat(point.hindsight().hitRate()).isLessThanOrEqualTo(point.oracle().hitRate());
      assertThat(point.hindsight().hitRate()).isGreaterThanOrEqualTo(before);
      assertThat(point.oracle().hitRate()).isGreaterThanOrEqualTo(beforeOracle);
      before = point.hindsight().hitRate();
      beforeOracle = point.oracle().hitRate();
    }
    assertThat(result.curve().getFirst().oracle().hitRate()).isZero();
    assertThat(result.curve().getLast().outcome().hitRate()).isEqualTo(1);
    assertThat(speed(result.curve().getLast().outcome()).bytesPerToken()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void missedBytes_areThoseOfTheMisses_whateverTheLanes(int concurrency) {
    SimulationResult result =
        simulation(RandomTraces.machine(LATENCY))
            .run(RandomTraces.traces(5, 20), question(6, concurrency));

    double needed = 3 * 2 * 4_000;
    for (CurvePoint point : result.curve()) {
      for (Outcome outcome : List.of(point.outcome(), point.hindsight(), point.oracle())) {
        assertThat(outcome.missedBytesPerToken())
            .isCloseTo((1 - outcome.hitRate()) * needed, within(1e-6));
        assertThat(speed(outcome).bytesPerToken())
            .isLessThanOrEqualTo(outcome.missedBytesPerToken() + 1e-6);
      }
    }
  }

  @Test
  void everyMissIsCopied_whenTheHostIsFarTooSlow() {
    List<TimedTrace> traces = decodesOnly(RandomTraces.traces(6, 10));
    Outcome outcome =
        simulation(RandomTraces.machine(RandomTraces.latency(1e9, 5_000, 200)))
            .replay(traces, List.of(new ExpertId(0, 0), new ExpertId(3, 1)), 1);

    assertThat(speed(outcome).bytesPerToken())
        .isCloseTo(outcome.missedBytesPerToken(), within(1e-6));
    // Per miss a copy and the computing of its last slice; hits meanwhile; the rest is 100 ns.
    double misses = outcome.missedBytesPerToken() / 4_000;
    assertThat(1e9 / Objects.requireNonNull(speed(outcome).tokensPerSecond()))
        .isBetween(100 + misses * 5_000, 100 + misses * 5_000 + 3 * 2 * 200);
  }

  @Test
  void steps_takeWhatTheHostNeeds_whenNothingIsResidentAndCopiesAreFarTooSlow() {
    Outcome outcome =
        simulation(RandomTraces.machine(RandomTraces.latency(1_000, 1e9, 200)))
            .replay(decodesOnly(RandomTraces.traces(7, 4)), List.of(), 1);

    assertThat(speed(outcome).bytesPerToken()).isZero();
    assertThat(Objects.requireNonNull(speed(outcome).tokensPerSecond()))
        .isCloseTo(1e9 / (100 + 3 * 2 * 1_000), within(1e-3));
    assertThat(speed(outcome).promptTokensPerSecond()).isNull();
  }

  @Test
  void hostAndDevice_takeTurns_whenTheDeviceIsEmulatedOnTheHost() {
    SimulatedMachine machine = RandomTraces.machine(RandomTraces.latency(1_000, 1e9, 200));
    SimulatedMachine emulated =
        new SimulatedMachine(
            machine.latency(), true, false, StepRest.none(), machine.maxStepTokens(), 16);
    List<TimedTrace> traces = decodesOnly(RandomTraces.traces(7, 4));
    List<ExpertId> resident = List.of(new ExpertId(0, 0), new ExpertId(2, 0), new ExpertId(3, 0));

    Outcome outcome = simulation(emulated).replay(traces, resident, 1);

    double hits = outcome.hitRate() * 3 * 2;
    assertThat(Objects.requireNonNull(speed(outcome).tokensPerSecond()))
        .isCloseTo(1e9 / (hits * 200 + (6 - hits) * 1_000), within(1e-3));
  }

  @Test
  void fasterCopiesOrCpu_neverCostTokens() {
    List<TimedTrace> traces = RandomTraces.traces(8, 20);
    Simulation simulation = simulation(RandomTraces.machine(LATENCY));
    double asItIs = tokensPerSecond(simulation, traces, 1, 1);

    assertThat(tokensPerSecond(simulation, traces, 2, 1)).isGreaterThan(asItIs);
    assertThat(tokensPerSecond(simulation, traces, 1, 2)).isGreaterThan(asItIs);
    assertThat(tokensPerSecond(simulation, traces, 0.5, 0.5)).isLessThan(asItIs);
  }

  private static double tokensPerSecond(
      Simulation simulation, List<TimedTrace> traces, double copy, double host) {
    SimulationResult result =
        simulation.run(traces, new SimulationQuestion(6, "even", copy, host, 1));
    return Objects.requireNonNull(speed(result.policies().getFirst().outcome()).tokensPerSecond());
  }

  @Test
  void policies_knowNothingOfTheTrafficTheyAreScoredOn() {
    List<TimedTrace> traces = RandomTraces.traces(9, 21);
    WalkForward split = WalkForward.of(traces);
    List<PastActivations> seen = new ArrayList<>();
    PlacementPolicy spy =
        (past, capacity) -> {
          seen.add(past);
          return new FrequencyPolicy().plan(past, capacity);
        };

    new Simulation(
            RandomTraces.MODEL, RandomTraces.machine(LATENCY), HALF_LIVES, Map.of("spy", spy))
        .run(traces, new SimulationQuestion(6, "spy", 1, 1, 1));

    long choices = split.before().stream().mapToLong(one -> one.trace().choices().length).sum();
    assertThat(split.before().getLast().at()).isBefore(split.after().getFirst().at());
    assertThat(seen)
        .isNotEmpty()
        .allSatisfy(past -> {
          double counted = past.buckets().stream().mapToDouble(SimulationTest::total).sum();
          assertThat(counted).isEqualTo(choices);
          assertThat(past.byTenant()).containsOnlyKeys("tenant-0", "tenant-1");
        });
  }

  private static double total(TimeBucket bucket) {
    double total = 0;
    for (Phase phase : Phase.values()) {
      total += bucket.counts().total(phase);
    }
    return total;
  }

  @Test
  void timesAreNotPredicted_withoutALatencyModel() {
    SimulatedMachine unmeasured =
        new SimulatedMachine(Optional.empty(), false, false, StepRest.none(), 64, 16);

    SimulationResult result =
        simulation(unmeasured).run(RandomTraces.traces(10, 10), question(6, 1));

    assertThat(result.oracle().speed()).isNull();
    assertThat(result.oracle().hitRate()).isPositive();
  }

  @Test
  void questions_areRefusedWithASentence() {
    Simulation simulation = simulation(RandomTraces.machine(LATENCY));

    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            simulation.run(RandomTraces.traces(1, 5), new SimulationQuestion(6, "best", 1, 1, 1)))
        .withMessage("policy must be one of even, frequency, got best");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulation.run(RandomTraces.traces(1, 1), question(6, 1)))
        .withMessageEndingWith("so it needs 2 at least, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SimulationQuestion(6, "even", 0, 1, 1))
        .withMessage("copy must be a finite factor above 0, such as 2 for twice as fast, got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SimulationQuestion(6, "even", 1, 1, 0))
        .withMessage("concurrency must be in [1, 1024], got 0");
  }

  @Test
  void simulation_isGivenUp_whenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(() ->
              simulation(RandomTraces.machine(LATENCY))
                  .run(RandomTraces.traces(1, 5), question(6, 1)));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /// Without their prompts, so that every step has one row.
  private static List<TimedTrace> decodesOnly(List<TimedTrace> traces) {
    return traces.stream()
        .map(one -> {
          ExpertTrace trace = one.trace();
          return new TimedTrace(
              one.at(),
              one.tenant(),
              new ExpertTrace(0, trace.tokens(), trace.numLayers(), trace.topK(), trace.choices()));
        })
        .toList();
  }

  private static Speed speed(Outcome outcome) {
    return Objects.requireNonNull(outcome.speed());
  }
}
