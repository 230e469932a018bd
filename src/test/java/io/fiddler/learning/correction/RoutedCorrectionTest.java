package io.fiddler.learning.correction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertId;
import io.fiddler.placement.correction.Correction;
import io.fiddler.placement.correction.Exchange;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Correction over the routing of real prompts, replayed in many orders: how many requests it takes
/// until the hit rate is within 0.03 of what a history of the workload itself would give. The
/// tables of `src/docs/correction.md` are what this logs.
final class RoutedCorrectionTest {
  private static final Logger LOG = LoggerFactory.getLogger(RoutedCorrectionTest.class);
  private static final int HISTORY = 18;
  private static final int CAPACITY = 12;
  private static final int ORDERS = 20;
  private static final double NEAR = 0.03;
  private static final Duration REQUEST = Duration.ofMillis(500);

  private static Rig rig;
  private static RoutedTraffic traffic;

  @BeforeAll
  static void route() {
    rig = new Rig();
    traffic = new RoutedTraffic(rig);
  }

  @AfterAll
  static void close() {
    rig.close();
  }

  /// A device that correction moves experts on.
  private static final class Replay {
    final Correction correction;
    final Set<ExpertId> resident;
    long nanos;
    int moves;

    Replay(double[] history) {
      double total = Arrays.stream(history).sum();
      correction =
          new Correction(
              traffic.grid, Rig.RULES, Arrays.stream(history).map(n -> n / total).toArray());
      resident = new HashSet<>(traffic.best(history, CAPACITY));
    }

    void serve(ActivationSnapshot request) {
      nanos += REQUEST.toNanos();
      correction.observe(request, REQUEST.toNanos());
      List<Exchange> exchanges = correction.worthwhile(resident, CAPACITY, nanos);
      for (Exchange exchange : exchanges) {
        resident.remove(exchange.evict());
        resident.add(exchange.load());
      }
      correction.moved(exchanges, 1, nanos);
      moves += exchanges.size();
    }

    /// Serves requests in a random order; how many it took until the hit rate stayed near.
    int serveUntilNear(String workload, int requests, double own, SplittableRandom random) {
      double[] further = further(workload);
      int near = 0;
      for (int request = 1; request <= requests; request++) {
        List<ActivationSnapshot> all = traffic.of(workload);
        serve(all.get(random.nextInt(all.size())));
        if (traffic.hitRate(resident, further) < own - NEAR) {
          near = request + 1;
        }
      }
      return near;
    }
  }

  private static double[] history(String workload) {
    return traffic.sum(traffic.of(workload).subList(0, HISTORY));
  }

  private static double[] further(String workload) {
    List<ActivationSnapshot> all = traffic.of(workload);
    return traffic.sum(all.subList(HISTORY, all.size()));
  }

  private static double own(String workload) {
    return traffic.hitRate(traffic.best(history(workload), CAPACITY), further(workload));
  }

  private static double[] mixed() {
    return traffic.sum(
        RoutedTraffic.WORKLOADS.stream()
            .flatMap(workload -> traffic.of(workload).subList(0, HISTORY).stream())
            .toList());
  }

  @Test
  void mixedHistory_isCorrectedToTheWorkloadsOwnWithinTenRequests() {
    SplittableRandom random = new SplittableRandom(1);
    for (String workload : RoutedTraffic.WORKLOADS) {
      double own = own(workload);
      double[] further = further(workload);
      int sum = 0;
      int most = 0;
      int moves = 0;
      double after = 0;
      for (int order = 0; order < ORDERS; order++) {
        Replay replay = new Replay(mixed());
        int near = replay.serveUntilNear(workload, 60, own, random);
        sum += near;
        most = Math.max(most, near);
        moves += replay.moves;
        after += traffic.hitRate(replay.resident, further) / ORDERS;
      }
      LOG.info(
          "{}",
          "| %s | %.3f | %.3f | %.1f | %d | %.3f | %.1f |"
              .formatted(
                  workload,
                  traffic.hitRate(traffic.best(mixed(), CAPACITY), further),
                  own,
                  (double) sum / ORDERS,
                  most,
                  after,
                  (double) moves / ORDERS));
      assertThat(most).as(workload).isLessThanOrEqualTo(10);
      assertThat(after).as(workload).isGreaterThan(own - 0.01);
    }
  }

  @Test
  void anotherWorkload_isFollowedWithinTwentyRequests_afterALongTimeOfOne() {
    SplittableRandom random = new SplittableRandom(2);
    for (List<String> shift :
        List.of(
            List.of("speeches", "dictionary"),
            List.of("dictionary", "scripture"),
            List.of("scripture", "speeches"))) {
      String before = shift.getFirst();
      String after = shift.getLast();
      int sum = 0;
      int most = 0;
      for (int order = 0; order < ORDERS; order++) {
        Replay replay = new Replay(history(before));
        replay.serveUntilNear(before, 200, own(before), random);
        int near = replay.serveUntilNear(after, 60, own(after), random);
        sum += near;
        most = Math.max(most, near);
      }
      LOG.info(
          "{}", "| %s | %s | %.1f | %d |".formatted(before, after, (double) sum / ORDERS, most));
      assertThat(most).as("%s after %s", after, before).isLessThanOrEqualTo(20);
    }
  }

  @Test
  void traffic_thatStays_movesNothingAnyMore() {
    SplittableRandom random = new SplittableRandom(3);
    for (String workload : RoutedTraffic.WORKLOADS) {
      Replay replay = new Replay(history(workload));
      replay.serveUntilNear(workload, 1000, own(workload), random);
      int moves = replay.moves;
      replay.serveUntilNear(workload, 2000, own(workload), random);
      LOG.info("{}", "| %s | %d | %d |".formatted(workload, moves, replay.moves - moves));
      assertThat(replay.moves - moves).as(workload).isLessThanOrEqualTo(10);
    }
  }

  @Test
  void workloadsThatTakeTurns_costNoHits() {
    for (int period : new int[] {1, 2, 5, 10, 20, 40, 100}) {
      SplittableRandom random = new SplittableRandom(period);
      Replay replay = new Replay(mixed());
      Set<ExpertId> fixed = Set.copyOf(replay.resident);
      double hits = 0;
      double hitsFixed = 0;
      int requests = 800;
      for (int request = 0; request < requests; request++) {
        List<ActivationSnapshot> now =
            traffic.of(request / period % 2 == 0 ? "dictionary" : "scripture");
        ActivationSnapshot next = now.get(random.nextInt(now.size()));
        double[] counts = traffic.sum(Stream.of(next).toList());
        hits += traffic.hitRate(replay.resident, counts) / requests;
        hitsFixed += traffic.hitRate(fixed, counts) / requests;
        replay.serve(next);
      }
      LOG.info("{}", "| %d | %.3f | %.3f | %d |".formatted(period, hitsFixed, hits, replay.moves));
      assertThat(hits).as("period %d", period).isGreaterThan(hitsFixed - 0.01);
    }
  }
}
