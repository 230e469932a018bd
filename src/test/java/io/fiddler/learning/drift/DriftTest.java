package io.fiddler.learning.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.correction.Prior;
import io.fiddler.placement.correction.TrafficEstimate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class DriftTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(4, 4));
  private static final HitRateForecast HALF = new HitRateForecast(0.5, 0.5, 0.5);

  private final Drift drift = new Drift(new DriftOptions(0.1, 0.05), GRID);
  private final ActivationStatistics history = new ActivationStatistics(GRID);
  private final Logger logger = (Logger) LoggerFactory.getLogger(Drift.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private TrafficEstimate traffic = new TrafficEstimate(GRID, Prior.of(history));
  private Instant now = Instant.parse("2026-03-04T05:30:00Z");
  private long hits;
  private long total;

  @BeforeEach
  void listen() {
    for (int layer = 0; layer < 2; layer++) {
      history.add(Phase.DECODE, layer, 0, 700_000);
      history.add(Phase.DECODE, layer, 1, 300_000);
    }
    traffic = new TrafficEstimate(GRID, Prior.of(history));
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  /// A thousand choices in each layer, a part of them of expert 0 and the rest of `other`.
  private void observe(double hitRate, double ofFirst, int other) {
    ActivationSnapshot counted = ActivationSnapshot.zero(GRID);
    for (int layer = 0; layer < 2; layer++) {
      counted.counts()[1][GRID.indexOf(layer, 0)] = Math.round(1000 * ofFirst);
      counted.counts()[1][GRID.indexOf(layer, other)] = 1000 - Math.round(1000 * ofFirst);
    }
    traffic.add(counted, Duration.ofSeconds(2).toNanos());
    total += 2000;
    hits += Math.round(2000 * hitRate);
    now = now.plusSeconds(2);
    drift.observe(
        new Drift.Observation(
            now,
            counted,
            traffic,
            new PhaseAssignments(
                AssignmentCounts.NONE, new AssignmentCounts(hits, 0, total - hits, 0))),
        Optional.of(HALF),
        Optional.of(history));
  }

  private List<Level> levels() {
    return log.list.stream().map(ILoggingEvent::getLevel).toList();
  }

  @Test
  void nothingIsSaid_whenTheTrafficIsAsItWas() {
    for (int time = 0; time < 20; time++) {
      observe(0.5, 0.7, 1);
    }
    assertThat(drift.status().drifting()).isFalse();
    assertThat(drift.status().hitRateNow()).isCloseTo(0.5, within(1e-9));
    assertThat(drift.status().difference()).isCloseTo(0, within(1e-9));
    assertThat(drift.status().divergence()).isCloseTo(0, within(1e-3));
    assertThat(log.list).isEmpty();
  }

  @Test
  void lowerHitRate_isToldOnce_andItsEndOnce() {
    observe(0.5, 0.7, 1);
    for (int time = 0; time < 20; time++) {
      observe(0.2, 0.7, 1);
    }
    assertThat(drift.status().drifting()).isTrue();
    assertThat(levels()).containsExactly(Level.WARN);
    assertThat(log.list.getFirst().getFormattedMessage())
        .startsWith("The traffic has drifted: the hit rate is 0.")
        .endsWith("the placement's forecast is 0.500");

    for (int time = 0; time < 40; time++) {
      observe(0.5, 0.7, 1);
    }
    assertThat(drift.status().drifting()).isFalse();
    assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
  }

  @Test
  void otherExperts_areToldOnce_andShownByHour() {
    for (int time = 0; time < 20; time++) {
      observe(0.5, 0.2, 3);
    }
    assertThat(drift.status().drifting()).isTrue();
    assertThat(drift.status().divergence()).isGreaterThan(0.2);
    assertThat(drift.status().maxDivergenceLayer()).isZero();
    assertThat(levels()).containsExactly(Level.WARN);

    now = now.plus(Duration.ofHours(1));
    observe(0.5, 0.7, 1);

    List<DriftStatus.Hour> hours = drift.status().hours();
    assertThat(hours).hasSize(2);
    assertThat(hours.getFirst().start()).isEqualTo(Instant.parse("2026-03-04T06:00:00Z"));
    assertThat(hours.getFirst().divergence()).isCloseTo(0, within(1e-3));
    assertThat(hours.getLast().assignments()).isEqualTo(40_000);
    assertThat(hours.getLast().divergence()).isGreaterThan(0.2);
  }

  @Test
  void hitRateStartsAnew_withAnotherForecast() {
    for (int time = 0; time < 3; time++) {
      observe(0.2, 0.7, 1);
    }
    drift.observe(
        new Drift.Observation(
            now,
            ActivationSnapshot.zero(GRID),
            traffic,
            new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE)),
        Optional.of(new HitRateForecast(0.9, 0.9, 0.9)),
        Optional.empty());
    assertThat(drift.status().hitRateNow()).isNull();
    assertThat(drift.status().forecast()).isEqualTo(0.9);
    assertThat(drift.status().divergence()).isNull();
  }
}
