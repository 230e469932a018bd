package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A long past, partly by hour and partly by day.
final class PastBucketsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");
  private static final HalfLives HALF_LIVES =
      new HalfLives(Duration.ofDays(7), Duration.ofHours(2));

  private final ExpertGrid grid = new ExpertGrid(List.of(2));
  private final TestStore store = TestStore.create();

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void buckets_areTheWiderTheOlder_andHaveEverything() {
    store
        .jdbc()
        .sql(
            """
            insert into expert_activation (fingerprint, layer, phase, tenant, hour, counts)
            select 'print', 0, 'decode', tenant, hour, '{1,2}'
            from generate_series('2026-11-19Z'::timestamptz, '2026-11-22 10:00Z', '1 hour') as hour, unnest(array['a', 'b']) as tenant;
            insert into expert_activation_day (fingerprint, phase, tenant, day, experts, counts)
            select 'print', 'decode', tenant, day, '{2}', '{10,20}'
            from generate_series('2025-11-19Z'::timestamptz, '2026-11-18Z', '1 day') as day, unnest(array['a', 'b']) as tenant
            """)
        .update();
    PastActivations past = past();
    assertThat(
            past.buckets().stream()
                .collect(Collectors.groupingBy(TimeBucket::width, Collectors.counting())))
        .containsOnlyKeys(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(30))
        .containsEntry(Duration.ofHours(1), 24 + 24 + 11L)
        .hasEntrySatisfying(Duration.ofDays(1), days -> assertThat(days).isBetween(60L, 90L));
    assertNotOverlapping(past);
    double all =
        past.buckets().stream().mapToDouble(each -> each.counts().count(Phase.DECODE, 0)).sum();
    assertThat(all).isEqualTo(2 * (24 * 3 + 11) + 2 * 10 * 365);
    assertThat(past.byTenant()).containsOnlyKeys("a", "b");
    assertThat(ActivationStatistics.sum(grid, past.byTenant().values()).total(Phase.DECODE))
        .isCloseTo(past.decayed().total(Phase.DECODE), within(1e-6));
  }

  @Test
  void buckets_doNotOverlap_whenLateHoursComeToADay() {
    hour("2026-11-22T03:00:00Z", 5);
    day("2026-11-22T00:00:00Z", 7);
    hour("2026-11-21T03:00:00Z", 11);
    PastActivations past = past();
    assertThat(past.buckets())
        .extracting(TimeBucket::width)
        .containsExactly(Duration.ofHours(1), Duration.ofDays(1));
    assertThat(past.buckets().getLast().counts().count(Phase.DECODE, 0)).isEqualTo(12);
  }

  @Test
  void days_haveAllLayers_andThoseThatDoNotFitAreIgnored() {
    store
        .jdbc()
        .sql(
            """
            insert into expert_activation_day (fingerprint, phase, tenant, day, experts, counts) values
              ('print', 'decode', 'a', '2026-11-15Z', '{2,0,3}', '{1,2,30,40,50}'),
              ('print', 'prefill', 'a', '2026-11-15Z', '{0,0,3}', '{5,6,7}'),
              ('print', 'prefill', 'b', '2026-11-15Z', '{2,7,3,1}', '{1,1,9,9,9,9,9,9,9,2,2,2,9}')
            """)
        .update();
    ExpertGrid three = new ExpertGrid(List.of(2, 0, 3));
    ActivationStatistics counts =
        new PostgresActivationHistory(store.connection())
            .past("print", three, NOW, HALF_LIVES)
            .buckets()
            .getFirst()
            .counts();
    assertThat(IntStream.range(0, 5).mapToDouble(i -> counts.count(Phase.DECODE, i)))
        .containsExactly(1.0, 2.0, 30.0, 40.0, 50.0);
    assertThat(IntStream.range(0, 5).mapToDouble(i -> counts.count(Phase.PREFILL, i)))
        .containsExactly(1.0, 1.0, 7.0, 8.0, 9.0);
  }

  @Test
  void days_decayFromNoon() {
    day("2026-11-15T00:00:00Z", 1000);
    assertThat(past().decayed().count(Phase.DECODE, 0))
        .isCloseTo(1000 * Math.pow(0.5, (7 * 24 - 1.5) / (7 * 24)), within(1e-9));
    assertThat(past().decayed().since()).contains(Instant.parse("2026-11-15T00:00:00Z"));
  }

  @Test
  void recent_hasWhatIsNow() {
    hour("2026-11-22T10:00:00Z", 100);
    hour("2026-11-22T02:30:00Z", 100);
    assertThat(past().recent().count(Phase.DECODE, 0))
        .isCloseTo(100 * Math.pow(0.5, 0.25) + 100 * Math.pow(0.5, 4), within(1e-9));
  }

  @Test
  void plan_readsOnlyTheRowsOfTheModel() {
    store
        .jdbc()
        .sql(
            """
            insert into expert_activation (fingerprint, layer, phase, tenant, hour, counts)
            select 'model-' || model, layer, 'decode', 'a', '2026-11-22Z', '{1,2}'
            from generate_series(1, 100) as model, generate_series(1, 50) as layer;
            insert into expert_activation_day (fingerprint, phase, tenant, day, experts, counts)
            select fingerprint, phase, 'a' || layer, hour, '{2}', counts from expert_activation;
            analyze
            """)
        .update();
    assertThat(
            store
                .jdbc()
                .sql("explain " + PostgresActivationHistory.rows("'model-7'"))
                .query(String.class)
                .list()
                .toString())
        .doesNotContain("Seq Scan")
        .contains("expert_activation_default_pkey", "expert_activation_day_default_pkey");
  }

  private PastActivations past() {
    return new PostgresActivationHistory(store.connection()).past("print", grid, NOW, HALF_LIVES);
  }

  private static void assertNotOverlapping(PastActivations past) {
    Instant end = Instant.MIN;
    for (TimeBucket bucket : past.buckets()) {
      assertThat(bucket.start()).isAfterOrEqualTo(end);
      end = bucket.start().plus(bucket.width());
    }
  }

  private void hour(String hour, long count) {
    insert("expert_activation (layer, hour", "0", hour, count);
  }

  private void day(String day, long count) {
    insert("expert_activation_day (experts, day", "'{2}'", day, count);
  }

  private void insert(String into, String value, String time, long count) {
    store
        .jdbc()
        .sql(
            "insert into %s, fingerprint, phase, tenant, counts) values (%s, ?, 'print', 'decode', 'a', array[?, 0])"
                .formatted(into, value))
        .params(Instant.parse(time).atOffset(ZoneOffset.UTC), count)
        .update();
  }
}
