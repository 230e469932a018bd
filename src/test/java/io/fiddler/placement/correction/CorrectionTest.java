package io.fiddler.placement.correction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Correction over simulated traffic: what it must and must not do, whatever the seed.
final class CorrectionTest {
  private static final ExpertGrid GRID = new ExpertGrid(Collections.nCopies(8, 8));
  private static final int CAPACITY = 16;
  private static final long EXPERT_BYTES = 1_000;
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);
  private static final ExchangeRules RULES =
      new ExchangeRules(0.1, 2, Duration.ofHours(1), Duration.ofSeconds(10), 1_000_000);

  /// A device, a clock and who decides.
  private static final class Simulation {
    final Correction correction;
    final Set<ExpertId> resident;
    long nanos;
    long copiedBytes;
    int moves;

    Simulation(ExchangeRules rules, Workload history) {
      this.correction = new Correction(GRID, rules, history.shares());
      this.resident = new HashSet<>(history.best(CAPACITY));
    }

    void serve(ActivationSnapshot request, Duration time) {
      nanos += time.toNanos();
      correction.observe(request, time.toNanos());
      List<Exchange> worthwhile = correction.worthwhile(resident, CAPACITY, nanos);
      int count = Math.min(worthwhile.size(), correction.affordable(EXPERT_BYTES, nanos));
      List<Exchange> made = worthwhile.subList(0, count);
      for (Exchange exchange : made) {
        assertThat(resident.add(exchange.load())).isTrue();
        if (exchange.evict() != null) {
          assertThat(resident.remove(exchange.evict())).isTrue();
        }
      }
      assertThat(resident).hasSizeLessThanOrEqualTo(CAPACITY);
      correction.moved(made, EXPERT_BYTES, nanos);
      moves += count;
      copiedBytes += count * EXPERT_BYTES;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void stationaryTraffic_movesNextToNothing(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Workload traffic = new Workload(GRID, random);
    Simulation simulation = new Simulation(RULES, traffic);
    int hour = 7200;
    for (int request = 0; request < hour; request++) {
      simulation.serve(traffic.request(random), HALF_A_SECOND);
    }
    assertThat(simulation.moves).as("moves in an hour, seed %d", seed).isLessThanOrEqualTo(20);
    int before = simulation.moves;
    for (int request = 0; request < hour; request++) {
      simulation.serve(traffic.request(random), HALF_A_SECOND);
    }
    assertThat(simulation.moves - before)
        .as("moves in the second hour, seed %d", seed)
        .isLessThanOrEqualTo(20);
    assertThat(traffic.hitRate(simulation.resident))
        .as("hit rate, seed %d", seed)
        .isGreaterThan(traffic.hitRate(traffic.best(CAPACITY)) - 0.01);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 20", "2, 0, 20", "3, 0, 20", "4, 500, 30", "5, 500, 30", "6, 500, 30"})
  void newWorkload_isFollowedWithinSomeRequests(long seed, int requestsBefore, int requests) {
    SplittableRandom random = new SplittableRandom(seed);
    Workload before = new Workload(GRID, random);
    Workload after = new Workload(GRID, random);
    Simulation simulation = new Simulation(RULES, before);
    for (int request = 0; request < requestsBefore; request++) {
      simulation.serve(before.request(random), HALF_A_SECOND);
    }
    double own = after.hitRate(after.best(CAPACITY));
    assertThat(after.hitRate(simulation.resident)).as("seed %d", seed).isLessThan(own - 0.1);
    for (int request = 0; request < requests; request++) {
      simulation.serve(after.request(random), HALF_A_SECOND);
    }
    // And stays there: what is learned is not unlearned.
    for (int request = 0; request < 200; request++) {
      assertThat(after.hitRate(simulation.resident))
          .as("hit rate after %d requests, seed %d", requests + request, seed)
          .isGreaterThan(own - 0.03);
      simulation.serve(after.request(random), HALF_A_SECOND);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "3, 10", "4, 30", "5, 100"})
  void alternatingWorkloads_costBoundedCopiesAndNoHits(long seed, int period) {
    SplittableRandom random = new SplittableRandom(seed);
    Workload one = new Workload(GRID, random);
    Workload other = new Workload(GRID, random);
    Simulation simulation = new Simulation(RULES, one);
    Set<ExpertId> initial = Set.copyOf(simulation.resident);
    double hits = 0;
    double hitsStatic = 0;
    int requests = 2000;
    for (int request = 0; request < requests; request++) {
      Workload now = request / period % 2 == 0 ? one : other;
      hits += now.hitRate(simulation.resident);
      hitsStatic += now.hitRate(initial);
      simulation.serve(now.request(random), HALF_A_SECOND);
    }
    assertThat(hits / requests)
        .as("hit rate with period %d, seed %d", period, seed)
        .isGreaterThan(hitsStatic / requests - 0.01);
    // At most all of them each time; and where the workloads take turns faster than is worth it,
    // dwelling and the dispersion of the counts hold them.
    assertThat(simulation.moves)
        .as("moves with period %d, seed %d", period, seed)
        .isLessThanOrEqualTo(Math.min(CAPACITY * (requests / period), requests / 2));
  }

  @Test
  void copies_keepToTheirRate() {
    SplittableRandom random = new SplittableRandom(7);
    long rate = 400; // two experts in five seconds
    ExchangeRules slow =
        new ExchangeRules(0.1, 2, Duration.ofHours(1), Duration.ofSeconds(1), rate);
    Workload before = new Workload(GRID, random);
    Workload after = new Workload(GRID, random);
    Simulation simulation = new Simulation(slow, before);
    for (int request = 0; request < 200; request++) {
      simulation.serve(after.request(random), HALF_A_SECOND);
      assertThat(simulation.copiedBytes)
          .as("bytes after %d requests", request + 1)
          .isLessThanOrEqualTo((long) (rate * (simulation.nanos / 1e9 + 1)) + EXPERT_BYTES);
    }
    assertThat(after.hitRate(simulation.resident))
        .isGreaterThan(after.hitRate(after.best(CAPACITY)) - 0.03);
  }

  @Test
  void nothingIsProposed_beforeThereIsTraffic() {
    SplittableRandom random = new SplittableRandom(8);
    Workload history = new Workload(GRID, random);
    Workload another = new Workload(GRID, random);
    Correction correction = new Correction(GRID, RULES, history.shares());

    assertThat(correction.worthwhile(another.best(CAPACITY), CAPACITY, 0)).isEmpty();
  }

  @Test
  void nothingIsProposed_whenTheTrafficIsTooThinToEarnTheCopy() {
    SplittableRandom random = new SplittableRandom(9);
    Workload before = new Workload(GRID, random);
    Workload after = new Workload(GRID, random);
    ExchangeRules impatient =
        new ExchangeRules(0.1, 2, Duration.ofSeconds(1), Duration.ZERO, 1_000_000);
    Simulation simulation = new Simulation(impatient, before);
    for (int request = 0; request < 40; request++) {
      simulation.serve(after.request(random), Duration.ofMinutes(10));
    }
    assertThat(simulation.moves).isZero();
  }

  @Test
  void freeRoom_isFilledWithTheMostChosen() {
    SplittableRandom random = new SplittableRandom(10);
    Workload traffic = new Workload(GRID, random);
    Simulation simulation = new Simulation(RULES, traffic);
    simulation.resident.clear();
    for (int request = 0; request < 20; request++) {
      simulation.serve(traffic.request(random), HALF_A_SECOND);
    }
    assertThat(simulation.resident).hasSize(CAPACITY);
    assertThat(traffic.hitRate(simulation.resident))
        .isGreaterThan(traffic.hitRate(traffic.best(CAPACITY)) - 0.03);
  }

  @Test
  void expertsJustMoved_stay() {
    SplittableRandom random = new SplittableRandom(11);
    Workload before = new Workload(GRID, random);
    Workload after = new Workload(GRID, random);
    Correction correction = new Correction(GRID, RULES, before.shares());
    correction.observe(after.request(random), 500_000_000);
    correction.observe(after.request(random), 500_000_000);
    Set<ExpertId> resident = before.best(CAPACITY);
    List<Exchange> worthwhile = correction.worthwhile(resident, CAPACITY, 1_000_000_000);
    assertThat(worthwhile).isNotEmpty();

    correction.moved(worthwhile, EXPERT_BYTES, 1_000_000_000);

    Set<ExpertId> moved = new HashSet<>();
    worthwhile.forEach(exchange -> moved.add(exchange.load()));
    correction.observe(after.request(random), 500_000_000);
    correction
        .worthwhile(resident, CAPACITY, 1_500_000_000)
        .forEach(exchange -> assertThat(moved).doesNotContain(exchange.load()));
  }
}
