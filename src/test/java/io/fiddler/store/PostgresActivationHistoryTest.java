package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresActivationHistoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Duration HALF_LIFE = Duration.ofDays(1);

  private final ExpertGrid grid = new ExpertGrid(List.of(2, 0, 3));
  private final TestStore store = TestStore.create();
  private final PostgresActivationHistory history =
      new PostgresActivationHistory(store.connection());

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void decayed_halvesEveryHalfLife_overAllTenants() {
    insert("print", 0, "prefill", "a", NOW, "{8,0}");
    insert("print", 0, "prefill", "b", NOW, "{1,4}");
    insert("print", 0, "prefill", "a", NOW.minus(HALF_LIFE), "{8,2}");
    insert("print", 0, "prefill", "a", NOW.minus(HALF_LIFE.multipliedBy(2)), "{4,0}");
    insert("print", 2, "decode", "a", NOW.minus(HALF_LIFE.dividedBy(2)), "{0,0,10}");
    insert("other", 0, "prefill", "a", NOW, "{100,100}");
    ActivationStatistics statistics = decayed(HALF_LIFE);
    assertThat(statistics.count(Phase.PREFILL, grid.indexOf(0, 0))).isEqualTo(8 + 1 + 4 + 1.0);
    assertThat(statistics.count(Phase.PREFILL, grid.indexOf(0, 1))).isEqualTo(4 + 1.0);
    assertThat(statistics.count(Phase.DECODE, grid.indexOf(2, 2)))
        .isCloseTo(10 * Math.sqrt(0.5), within(1e-9));
    assertThat(statistics.total(Phase.DECODE)).isCloseTo(10 * Math.sqrt(0.5), within(1e-9));
    assertThat(statistics.since()).contains(NOW.minus(HALF_LIFE.multipliedBy(2)));
  }

  @Test
  void decayed_isEmpty_whenThereIsNoHistory() {
    assertThat(decayed(HALF_LIFE).isEmpty()).isTrue();
  }

  @Test
  void decayed_ignoresRows_whenTheyDoNotFitTheModel() {
    insert("print", 0, "prefill", "a", NOW, "{1,2,3}");
    insert("print", 1, "prefill", "a", NOW, "{1}");
    insert("print", 7, "prefill", "a", NOW, "{1,2}");
    insert("print", 2, "prefill", "a", NOW, "{1,2,3}");
    assertThat(decayed(HALF_LIFE).total(Phase.PREFILL)).isEqualTo(6);
  }

  @Test
  void decayed_ignoresTheDistantPast_andWeighsTheFutureFully() {
    insert("print", 0, "prefill", "a", NOW.minus(Duration.ofDays(5000)), "{1000000,0}");
    insert("print", 0, "prefill", "a", NOW.plus(Duration.ofHours(1)), "{3,0}");
    assertThat(decayed(HALF_LIFE).total(Phase.PREFILL)).isEqualTo(3);
  }

  @Test
  void decayed_countsEverything_whenTheHalfLifeIsVeryLong() {
    insert("print", 0, "prefill", "a", NOW.minus(Duration.ofDays(5000)), "{1000,0}");
    assertThat(decayed(Duration.ofDays(100_000_000)).total(Phase.PREFILL))
        .isCloseTo(1000, within(0.1));
  }

  @Test
  void decayed_refuses_whenTheHalfLifeIsNotPositive() {
    assertThatThrownBy(() -> decayed(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("half-lives must be positive, got PT0S and PT1H");
  }

  private ActivationStatistics decayed(Duration halfLife) {
    return history.past("print", grid, NOW, new HalfLives(halfLife, Duration.ofHours(1))).decayed();
  }

  private void insert(
      String fingerprint, int layer, String phase, String tenant, Instant hour, String counts) {
    store
        .jdbc()
        .sql("insert into expert_activation values (?, ?, ?, ?, ?, ?::bigint[])")
        .params(fingerprint, layer, phase, tenant, hour.atOffset(ZoneOffset.UTC), counts)
        .update();
  }
}
