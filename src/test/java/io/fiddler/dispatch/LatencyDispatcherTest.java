package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LatencyDispatcherTest {
  private static final int MAX_ROWS = 64;
  private static final long SEED = 20_261_122;

  @Test
  void coldExpert_isSplit_whenHostAndCopyLaneAreAsFast() {
    LatencyModel model = model(1_000, 1, 1_000);
    assertThat(plan(model, 10, load(3, 1, false)))
        .containsExactly(new ExpertDecision(3, 1, Way.SPLIT, 5));
  }

  @Test
  void coldExperts_stayOnTheHost_whenCopyingIsSlow() {
    assertThat(plan(model(1_000, 1, 1e9), 4, load(0, 1, false), load(1, 9, false)))
        .extracting(ExpertDecision::way)
        .containsExactly(Way.HOST, Way.HOST);
  }

  @Test
  void coldExperts_areStreamed_whenTheHostIsSlow() {
    assertThat(plan(model(1e9, 1, 1_000), 4, load(0, 1, false), load(1, 9, false)))
        .extracting(ExpertDecision::way)
        .containsExactly(Way.STREAMED, Way.STREAMED);
  }

  @Test
  void mostRows_areStreamedFirst_whenTheHostTakesLongerForThem() {
    LatencyModel model = new LatencyModel(curve(1_000, 64_000), curve(10, 10), 3_000);
    assertThat(plan(model, 1, load(0, 1, false), load(1, 64, false), load(2, 2, false)))
        .extracting(ExpertDecision::way)
        .containsExactly(Way.HOST, Way.STREAMED, Way.HOST);
  }

  @Test
  void busyDevice_leavesMoreToTheHost() {
    LatencyModel model = model(1_000, 1_000, 100);
    List<ExpertDecision> idle = plan(model, 10, load(0, 1, false));
    List<ExpertDecision> busy = plan(model, 10, load(0, 1, false), load(1, 1, true));
    assertThat(idle.getFirst().hostSlices()).isLessThan(busy.getFirst().hostSlices());
    assertThat(busy.getFirst().way()).isEqualTo(Way.HOST);
  }

  @Test
  void plan_keepsItsInvariants_andIsNeverWorseThanOneWayForAll() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 3_000; round++) {
      LatencyModel model = randomModel(random);
      int numSlices = 1 + random.nextInt(16);
      List<ExpertLoad> loads = randomLoads(random, 1 + random.nextInt(32));
      List<ExpertDecision> plan = new LatencyDispatcher(model).plan(loads, numSlices);
      String context = "seed %d round %d: %s %s".formatted(SEED, round, model, loads);

      assertThat(plan).as(context).isEqualTo(new LatencyDispatcher(model).plan(loads, numSlices));
      checkShape(loads, plan, numSlices, context);
      double planned = slowest(model, plan, numSlices);
      for (Dispatcher fixed : List.of(FixedDispatcher.HOST, FixedDispatcher.STREAM)) {
        assertThat(planned)
            .as("%s against %s", context, fixed)
            .isLessThanOrEqualTo(rounded(slowest(model, fixed.plan(loads, numSlices), numSlices)));
      }
    }
  }

  @Test
  void plan_isTheBestThereIs_whenTheDeviceTakesAsLongForAnyRows() {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    for (int round = 0; round < 300; round++) {
      double device = random.nextDouble(1, 1_000);
      LatencyModel model =
          new LatencyModel(
              randomCurve(random, 1_000), curve(device, device), random.nextDouble(1, 1_000));
      int numSlices = 1 + random.nextInt(4);
      List<ExpertLoad> loads = randomLoads(random, 1 + random.nextInt(4));
      double planned =
          slowest(model, new LatencyDispatcher(model).plan(loads, numSlices), numSlices);
      assertThat(planned)
          .as("seed %d round %d: %s %s", SEED + 1, round, model, loads)
          .isCloseTo(best(model, loads, numSlices), within(1e-6));
    }
  }

  @Test
  void plan_isWithinADeviceSliceOfTheBest_whenTheDeviceKeepsUpWithCopies() {
    SplittableRandom random = new SplittableRandom(SEED + 2);
    for (int round = 0; round < 300; round++) {
      double copy = random.nextDouble(500, 1_000);
      LatencyModel model = new LatencyModel(randomCurve(random, 2_000), curve(10, 499), copy);
      int numSlices = 1 + random.nextInt(4);
      List<ExpertLoad> loads =
          randomLoads(random, 1 + random.nextInt(4)).stream()
              .map(load -> load(load.expert(), load.rows(), false))
              .toList();
      double planned =
          slowest(model, new LatencyDispatcher(model).plan(loads, numSlices), numSlices);
      assertThat(planned)
          .as("seed %d round %d: %s %s", SEED + 2, round, model, loads)
          .isLessThanOrEqualTo(best(model, loads, numSlices) + 499.0 / numSlices + 1e-6);
    }
  }

  /// A decoded token misses one or two experts of a layer: tried slice by slice, nothing ends more
  /// than a slice earlier.
  @Test
  void plan_isWithinASliceOfTheBest_whenATokenMissesOneOrTwoExperts() {
    SplittableRandom random = new SplittableRandom(SEED + 4);
    int numSlices = 14;
    for (int round = 0; round < 300; round++) {
      double device = random.nextDouble(0.05e6, 1e6);
      LatencyModel model = model(random.nextDouble(2e6, 9e6), device, random.nextDouble(4e6, 9e6));
      List<ExpertLoad> loads = new ArrayList<>();
      for (int expert = 0; expert <= random.nextInt(2); expert++) {
        loads.add(load(expert, 1, false));
      }
      if (random.nextBoolean()) {
        loads.add(load(7, 1, true));
      }
      List<ExpertDecision> plan = new LatencyDispatcher(model).plan(loads, numSlices);
      double slice = Math.max(model.hostNanos().at(1), model.copyNanos()) / numSlices;
      assertThat(slowest(model, plan, numSlices))
          .as("seed %d round %d: %s %s", SEED + 4, round, model, loads)
          .isLessThanOrEqualTo(best(model, loads, numSlices) + slice);
    }
  }

  @Test
  void expertOnItsWay_isStreamed_andItsCopyingCostsNothingMore() {
    LatencyModel model = model(1_000, 1, 1_000);
    ExpertLoad sent = new ExpertLoad(1, 1, false, 10, 10);
    List<ExpertDecision> plan = plan(model, 10, load(0, 9, false), sent);
    assertThat(plan.get(1)).isEqualTo(new ExpertDecision(1, 1, Way.STREAMED, 0));
    assertThat(plan.getFirst().hostSlices()).isEqualTo(5);
  }

  @Test
  void expertOnItsWay_leavesLessOfTheCopyLaneToOthers_whenItIsNotThereYet() {
    LatencyModel model = model(1_000, 1, 1_000);
    ExpertLoad sent = new ExpertLoad(1, 1, false, 4, 2);
    List<ExpertDecision> plan = plan(model, 10, load(0, 9, false), sent);
    assertThat(plan.get(1)).isEqualTo(new ExpertDecision(1, 1, Way.STREAMED, 0));
    // Eight slices of the one on its way are still to be copied, so the host takes nine of ten.
    assertThat(plan.getFirst().hostSlices()).isEqualTo(9);
  }

  @Test
  void forecast_isWhatASimulationSliceBySliceGives() {
    SplittableRandom random = new SplittableRandom(SEED + 3);
    for (int round = 0; round < 500; round++) {
      LatencyModel model = randomModel(random);
      int numSlices = 1 + random.nextInt(8);
      List<ExpertDecision> plan = new ArrayList<>();
      for (ExpertLoad load : randomLoads(random, 6)) {
        int hostSlices = load.resident() ? 0 : random.nextInt(numSlices + 1);
        plan.add(ExpertDecision.of(load, hostSlices, numSlices));
      }
      LaneForecast forecast = LaneForecast.of(model, plan, numSlices);
      assertThat(forecast.deviceNanos())
          .as("seed %d round %d: %s %s", SEED + 3, round, model, plan)
          .isCloseTo(simulatedDeviceEnd(model, plan, numSlices), within(1e-6));
      assertThat(forecast.deviceNanos()).isGreaterThanOrEqualTo(forecast.copyNanos());
    }
  }

  private static void checkShape(
      List<ExpertLoad> loads, List<ExpertDecision> plan, int numSlices, String context) {
    assertThat(plan).as(context).hasSameSizeAs(loads);
    int splits = 0;
    for (int i = 0; i < plan.size(); i++) {
      ExpertDecision decision = plan.get(i);
      assertThat(decision.expert()).as(context).isEqualTo(loads.get(i).expert());
      assertThat(decision.rows()).as(context).isEqualTo(loads.get(i).rows());
      assertThat(decision.way() == Way.RESIDENT).as(context).isEqualTo(loads.get(i).resident());
      switch (decision.way()) {
        case RESIDENT, STREAMED -> assertThat(decision.hostSlices()).as(context).isZero();
        case HOST -> assertThat(decision.hostSlices()).as(context).isEqualTo(numSlices);
        case SPLIT -> {
          splits++;
          assertThat(decision.hostSlices()).as(context).isBetween(1, numSlices - 1);
        }
      }
    }
    assertThat(splits).as(context).isLessThanOrEqualTo(1);
    List<ExpertDecision> line = new ArrayList<>(plan);
    line.removeIf(decision -> decision.way() == Way.RESIDENT);
    line.sort(ExpertDecision.STREAM_ORDER);
    assertThat(line)
        .as(context)
        .isSortedAccordingTo(Comparator.comparingInt(ExpertDecision::hostSlices));
  }

  /// The least any assignment of slices to sides takes, tried one by one.
  private static double best(LatencyModel model, List<ExpertLoad> loads, int numSlices) {
    return best(model, loads, numSlices, new ArrayList<>());
  }

  private static double best(
      LatencyModel model, List<ExpertLoad> loads, int numSlices, List<ExpertDecision> soFar) {
    if (soFar.size() == loads.size()) {
      return slowest(model, soFar, numSlices);
    }
    ExpertLoad load = loads.get(soFar.size());
    double best = Double.POSITIVE_INFINITY;
    for (int hostSlices = 0; hostSlices <= (load.resident() ? 0 : numSlices); hostSlices++) {
      soFar.addLast(ExpertDecision.of(load, hostSlices, numSlices));
      best = Math.min(best, best(model, loads, numSlices, soFar));
      soFar.removeLast();
    }
    return best;
  }

  private static double simulatedDeviceEnd(
      LatencyModel model, List<ExpertDecision> plan, int numSlices) {
    double copied = 0;
    double computed = 0;
    for (ExpertDecision decision : plan) {
      if (decision.way() == Way.RESIDENT) {
        computed += model.deviceNanos().at(decision.rows());
      }
    }
    for (ExpertDecision decision : plan.stream().sorted(ExpertDecision.STREAM_ORDER).toList()) {
      int streamed = decision.way() == Way.RESIDENT ? 0 : numSlices - decision.hostSlices();
      for (int slice = 0; slice < streamed; slice++) {
        copied += model.copyNanos() / numSlices;
        computed = Math.max(computed, copied) + model.deviceNanos().at(decision.rows()) / numSlices;
      }
    }
    return computed;
  }

  private static List<ExpertDecision> plan(LatencyModel model, int numSlices, ExpertLoad... loads) {
    return new LatencyDispatcher(model).plan(List.of(loads), numSlices);
  }

  private static double slowest(LatencyModel model, List<ExpertDecision> plan, int numSlices) {
    return LaneForecast.of(model, plan, numSlices).slowestNanos();
  }

  private static double rounded(double nanos) {
    return nanos * (1 + 1e-12) + 1e-9;
  }

  private static ExpertLoad load(int expert, int rows, boolean resident) {
    return new ExpertLoad(expert, rows, resident);
  }

  private static List<ExpertLoad> randomLoads(SplittableRandom random, int count) {
    List<ExpertLoad> loads = new ArrayList<>();
    int residentIn10 = random.nextInt(11);
    for (int expert = 0; expert < count; expert++) {
      loads.add(load(expert, 1 + random.nextInt(MAX_ROWS), random.nextInt(10) < residentIn10));
    }
    return loads;
  }

  private static LatencyModel randomModel(SplittableRandom random) {
    return new LatencyModel(
        randomCurve(random, 1_000), randomCurve(random, 1_000), random.nextDouble(1, 2_000));
  }

  private static LatencyCurve randomCurve(SplittableRandom random, double scale) {
    double first = random.nextDouble(1, scale);
    return curve(first, first + random.nextDouble(0, 10 * scale));
  }

  private static LatencyCurve curve(double one, double most) {
    return new LatencyCurve(
        List.of(new LatencyCurve.Point(1, one), new LatencyCurve.Point(MAX_ROWS, most)));
  }

  private static LatencyModel model(double host, double device, double copy) {
    return new LatencyModel(curve(host, host), curve(device, device), copy);
  }
}
