package io.fiddler.store;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.store.writer.StoreWriter;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.UsageReports.Granularity;
import io.fiddler.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresUsageReportsTest {
  private static final Instant DAY = Instant.parse("2026-11-22T00:00:00Z");

  private final TestStore store = TestStore.create();
  private final PostgresUsageReports reports = new PostgresUsageReports(store.connection());

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void report_hasOneRowAnHour_withItsNumbers() {
    write(
        request(DAY.plusSeconds(10), 200, 100, 0.5, "x"),
        request(DAY.plusSeconds(20), 200, 200, 0.7, "x"),
        request(DAY.plusSeconds(3599), 429, 300, 0.9, "x"),
        request(DAY.plusSeconds(7200), 200, 400, 0.25, "x"));
    List<UsageRow> rows = reports.report(DAY, DAY.plus(Duration.ofDays(1)), Granularity.HOUR);
    assertThat(rows)
        .extracting(UsageRow::start)
        .containsExactly(DAY, DAY.plus(Duration.ofHours(2)));
    UsageRow first = rows.getFirst();
    assertThat(first.requests()).isEqualTo(3);
    assertThat(first.failed()).isEqualTo(1);
    assertThat(first.promptTokens()).isEqualTo(30);
    assertThat(first.completionTokens()).isEqualTo(60);
    assertThat(first.totalMillisP50()).isEqualTo(200);
    assertThat(first.totalMillisP95()).isCloseTo(290, within(1e-9));
    assertThat(first.firstTokenMillisP50()).isEqualTo(100);
    assertThat(first.firstTokenMillisP95()).isCloseTo(145, within(1e-9));
    assertThat(first.hitRate()).isCloseTo(0.7, within(1e-9));
  }

  @Test
  void report_weighsTheHitRateByTokens_andLeavesOutWhatNeverRan() {
    write(withTokens(DAY, 10, 1.0), withTokens(DAY, 30, 0.0), withTokens(DAY, 1000, null));
    assertThat(reports.report(DAY, DAY.plusSeconds(1), Granularity.DAY).getFirst().hitRate())
        .isCloseTo(0.25, within(1e-9));
  }

  @Test
  void report_hasNulls_whenNothingRan() {
    write(withTokens(DAY, 0, null));
    UsageRow row = reports.report(DAY, DAY.plusSeconds(1), Granularity.DAY).getFirst();
    assertThat(row.hitRate()).isNull();
    assertThat(row.firstTokenMillisP50()).isNull();
    assertThat(row.firstTokenMillisP95()).isNull();
    assertThat(row.totalMillisP50()).isEqualTo(1);
  }

  @Test
  void report_includesTheBegin_andExcludesTheEnd() {
    Instant end = DAY.plus(Duration.ofDays(2));
    write(request(DAY.minusNanos(1000)), request(DAY), request(end.minusNanos(1000)), request(end));
    assertThat(reports.report(DAY, end, Granularity.DAY))
        .extracting(UsageRow::start, UsageRow::requests)
        .containsExactly(tuple(DAY, 1L), tuple(DAY.plus(Duration.ofDays(1)), 1L));
  }

  @Test
  void report_refuses_whenTheRangeIsEmptyOrTooLong() {
    assertThatThrownBy(() -> reports.report(DAY, DAY, Granularity.DAY))
        .hasMessageStartingWith("from must be before to");
    assertThatThrownBy(() -> reports.report(DAY, DAY.plus(Duration.ofDays(42)), Granularity.HOUR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a report must span at most 1000 hours");
  }

  private void write(RequestRecord... requests) {
    try (StoreWriter writer = store.writer(Optional::empty)) {
      List.of(requests).forEach(writer::append);
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
  }

  private static RequestRecord withTokens(Instant createdAt, int tokens, @Nullable Double hitRate) {
    return new RequestRecord(
        UUID.randomUUID(),
        createdAt,
        "default",
        null,
        "/",
        false,
        200,
        0,
        tokens,
        0,
        null,
        1,
        null,
        "{}",
        null,
        null,
        null,
        hitRate,
        null,
        null,
        null);
  }
}
