package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.UsageReports.Granularity;
import io.fiddler.usage.UsageRow;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

final class UsageEndpointTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  private final FakeStore store = new FakeStore();
  private final UsageEndpoint endpoint =
      new UsageEndpoint(store, (_, _, _) -> List.of(), store, CLOCK);

  @Test
  void usage_isOfTheLastDayByHour_whenNothingIsSaid() {
    UsageQuery query = UsageQuery.parse(null, null, null, CLOCK);

    assertThat(query)
        .isEqualTo(new UsageQuery(Instant.parse("2026-03-03T05:06:07Z"), NOW, Granularity.HOUR));
  }

  @Test
  void usage_isOfTheTimesAsked() {
    assertThat(UsageQuery.parse("2026-01-31", "2026-02-02T08:00:00+02:00", "day", CLOCK))
        .isEqualTo(
            new UsageQuery(
                Instant.parse("2026-01-31T00:00:00Z"),
                Instant.parse("2026-02-02T06:00:00Z"),
                Granularity.DAY));
  }

  @Test
  void usage_sumsTheRows_andWeighsHitRatesByTokens() {
    store.rows.add(row("2026-03-04T03:00:00Z", 2, 1, 30, 10, 0.5));
    store.rows.add(row("2026-03-04T04:00:00Z", 1, 1, 0, 0, null));
    store.rows.add(row("2026-03-04T05:00:00Z", 3, 0, 100, 60, 0.25));

    JsonNode json = Json.of(endpoint.usage(null, null, null, null));

    assertThat(store.flushes).isEqualTo(1);
    assertThat(json.get("by").asString()).isEqualTo("hour");
    assertThat(json.at("/totals/requests").asLong()).isEqualTo(6);
    assertThat(json.at("/totals/failed").asLong()).isEqualTo(2);
    assertThat(json.at("/totals/promptTokens").asLong()).isEqualTo(130);
    assertThat(json.at("/totals/completionTokens").asLong()).isEqualTo(70);
    assertThat(json.at("/totals/hitRate").asDouble()).isEqualTo((0.5 * 40 + 0.25 * 160) / 200);
    assertThat(json.get("rows").size()).isEqualTo(3);
    assertThat(json.at("/rows/0/start").asString()).isEqualTo("2026-03-04T03:00:00Z");
    assertThat(json.at("/rows/0/firstTokenMillisP95").asDouble()).isEqualTo(20);
  }

  @Test
  void usage_hasNoHitRate_whenNothingRan() {
    JsonNode json = Json.of(endpoint.usage(null, null, null, null));

    assertThat(json.at("/totals/hitRate").isNull()).isTrue();
    assertThat(json.get("rows").isEmpty()).isTrue();
  }

  @Test
  void usage_isOfOneTenant_whenItIsNamed() {
    endpoint.usage(null, null, null, "somebody");
    assertThat(store.tenantAsked).isEqualTo("somebody");
    endpoint.usage(null, null, null, null);
    assertThat(store.tenantAsked).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          yesterday  |            |      | from must be a time such as 2026-01-31T08:00:00Z or a date such as 2026-01-31, got yesterday
                     | 2026-02-30 |      | to must be a time such as 2026-01-31T08:00:00Z or a date such as 2026-01-31, got 2026-02-30
          2026-03-05 |            |      | from must be before to, got 2026-03-05T00:00:00Z and 2026-03-04T05:06:07Z
                     |            | week | by must be hour, day or key, got week
          """)
  void parameters_areRefusedWithASentence_whenTheyAreBad(
      @Nullable String from, @Nullable String to, @Nullable String by, String sentence) {
    WebEndpointResponse<Object> answer = endpoint.usage(from, to, by, null);

    assertThat(answer.getStatus()).isEqualTo(400);
    assertThat(Json.of(answer).get("error").asString()).isEqualTo(sentence);
  }

  @Test
  void usage_isUnavailable_whenTheDatabaseIsDown() {
    store.down = true;

    assertThat(endpoint.usage(null, null, null, null).getStatus()).isEqualTo(503);
  }

  private static UsageRow row(
      String start,
      long requests,
      long failed,
      long promptTokens,
      long completionTokens,
      @Nullable Double hitRate) {
    return new UsageRow(
        Instant.parse(start),
        requests,
        failed,
        promptTokens,
        completionTokens,
        10.0,
        20.0,
        100,
        200,
        hitRate);
  }
}
