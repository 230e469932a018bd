package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.RunningService.Answer;
import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/// The service as a whole: the embedded model on an emulated device that holds 12 of its 48
/// experts, over HTTP, with a real PostgreSQL.
final class FiddlerServiceTest {
  private static final String[] EMULATED = {
    "--fiddler.device.kind=emulated",
    "--fiddler.device.experts=12",
    // Placements stay as they were asked for; correction has tests of its own.
    "--fiddler.placement.correction.mode=off"
  };
  private static final int LAYERS = 6;
  private static final int EXPERTS_PER_TOKEN = 2;
  private static final List<String> PROMPTS =
      List.of("ROMEO: I", "To be, or not to be", "In the beginning");

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();

  @Test
  void everyActivationAndRequest_isInTheDatabase() {
    try (RunningService service = RunningService.start(home, database, EMULATED);
        HikariDataSource pool = database.pool()) {
      JdbcClient jdbc = JdbcClient.create(pool);
      long promptTokens = 0;
      long completionTokens = 0;
      for (String prompt : PROMPTS) {
        JsonNode usage = complete(service, prompt, 24).get("usage");
        promptTokens += usage.get("prompt_tokens").asLong();
        completionTokens += usage.get("completion_tokens").asLong();
      }
      assertThat(service.post("/v1/completions", "{\"model\":\"other\",\"prompt\":\"x\"}").status())
          .isEqualTo(404);
      assertThat(service.flush()).isTrue();

      Map<String, Long> counted = counted(service.engine().activations());
      assertThat(stored(jdbc)).isEqualTo(counted);
      assertThat(total(counted, Phase.PREFILL))
          .isEqualTo(promptTokens * LAYERS * EXPERTS_PER_TOKEN);
      // The last token of a generation is never read again.
      assertThat(total(counted, Phase.DECODE))
          .isEqualTo((completionTokens - PROMPTS.size()) * LAYERS * EXPERTS_PER_TOKEN);

      assertThat(jdbc.sql("select count(*) from request_log").query(Long.class).single())
          .isEqualTo(PROMPTS.size() + 1);
      assertThat(
              jdbc.sql(
                      "select sum(prompt_tokens) as prompt, sum(completion_tokens) as completion, count(*)"
                          + " from request_log"
                          + " where status = 200 and hit_rate between 0 and 1"
                          + " and first_placement_version = 1 and device = 'emulated'"
                          + " and prompt is null and output is null")
                  .query()
                  .singleRow()
                  .values())
          .map(value -> ((Number) value).longValue())
          .containsExactly(promptTokens, completionTokens, (long) PROMPTS.size());

      assertExperts(service, counted);
      assertUsage(service, promptTokens, completionTokens);
    }
  }

  @Test
  void restart_placesExpertsByWhatWasRecorded_andTheForecastComesTrue() {
    try (RunningService first = RunningService.start(home, database, EMULATED)) {
      PROMPTS.forEach(prompt -> complete(first, prompt, 24));
      JsonNode placement = first.get("/actuator/placement").json();
      assertThat(placement.get("policy").asString()).isEqualTo("even");
      assertThat(placement.get("forecastHitRate").asDouble()).isEqualTo(0.25);
    }
    try (RunningService second = RunningService.start(home, database, EMULATED)) {
      JsonNode planned = second.get("/actuator/placement").json();
      assertThat(planned.get("version").asLong()).isEqualTo(2);
      assertThat(planned.get("policy").asString()).isEqualTo("frequency");
      assertThat(planned.get("author").asString()).isEqualTo("startup");
      assertThat(planned.get("experts").size()).isEqualTo(12);
      assertThat(planned.at("/assignments/total").asLong()).isZero();
      double forecast = planned.get("forecastHitRate").asDouble();
      assertThat(forecast).isGreaterThan(0.3);

      // The same traffic again is what the forecast is about; greedy, so the same tokens.
      PROMPTS.forEach(prompt -> complete(second, prompt, 24));

      JsonNode achieved = second.get("/actuator/placement").json();
      assertThat(achieved.get("actualHitRate").asDouble()).isCloseTo(forecast, within(0.02));
      assertThat(achieved.get("actualHitRatePrefill").asDouble())
          .isCloseTo(planned.get("forecastHitRatePrefill").asDouble(), within(0.02));
    }
  }

  @Test
  void placement_isPlannedAnewAndAppliedLive_withTheSameTokens() {
    try (RunningService service = RunningService.start(home, database, EMULATED);
        HikariDataSource pool = database.pool()) {
      String before = text(complete(service, PROMPTS.getFirst(), 32));

      Answer answer =
          service.post("/actuator/placement", "{\"action\":\"apply\",\"reason\":\"test\"}");

      assertThat(answer.status()).isEqualTo(200);
      JsonNode applied = answer.json();
      assertThat(applied.get("version").asLong()).isEqualTo(2);
      assertThat(applied.get("author").asString()).isEqualTo("operator");
      assertThat(applied.get("loaded").size())
          .isPositive()
          .isEqualTo(applied.get("evicted").size());
      assertThat(service.engine().residency().size()).isEqualTo(12);
      applied
          .get("experts")
          .valueStream()
          .forEach(expert ->
              assertThat(
                      service
                          .engine()
                          .residency()
                          .isResident(expert.get("layer").asInt(), expert.get("expert").asInt()))
                  .isTrue());
      assertThat(
              JdbcClient.create(pool)
                  .sql("select author || ' ' || reason from placement where id = 2")
                  .query(String.class)
                  .single())
          .isEqualTo("operator test");
      assertThat(text(complete(service, PROMPTS.getFirst(), 32))).isEqualTo(before);

      // Without a body, and with what is not there.
      assertThat(service.post("/actuator/placement", "").status()).isEqualTo(200);
      assertThat(service.post("/actuator/placement", "{\"action\":\"revert\"}").status())
          .isEqualTo(400);
    }
  }

  @Test
  void operations_showTheService() {
    try (RunningService service = RunningService.start(home, database, EMULATED)) {
      complete(service, PROMPTS.getFirst(), 8);

      JsonNode health = service.get("/actuator/health").json();
      assertThat(health.get("status").asString()).isEqualTo("UP");
      assertThat(health.at("/components/model/details/state").asString()).isEqualTo("ready");
      assertThat(health.at("/components/device/details/kind").asString()).isEqualTo("emulated");
      assertThat(health.at("/components/store/details/available").asBoolean()).isTrue();
      assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
      assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
      JsonNode info = service.get("/actuator/info").json();
      assertThat(info.at("/model/name").asString()).isEqualTo("tiny-moe");
      assertThat(info.at("/device/kind").asString()).isEqualTo("emulated");
      assertThat(info.at("/device/residentExperts").asInt()).isEqualTo(12);
      assertThat(info.at("/device/cpuKernels").asString()).isNotEmpty();
      assertThat(info.at("/java/version").asString()).startsWith("25");
      assertThat(service.get("/actuator/prometheus").body())
          .contains(
              "fiddler_tokens_total{type=\"completion\"} 8.0",
              "gen_ai_server_time_to_first_token_seconds_bucket",
              "fiddler_hit_rate{phase=\"all\"}",
              "fiddler_experts_resident 12.0",
              "fiddler_device{kernels=",
              "fiddler_device_memory_bytes",
              "fiddler_store_available 1.0");
      assertThat(service.get("/actuator/metrics/fiddler.assignments").status()).isEqualTo(200);
      assertThat(service.get("/actuator/experts/9").status()).isEqualTo(404);
      assertThat(service.get("/actuator/usage?by=week").status()).isEqualTo(400);
      assertThat(service.get("/actuator/env").status()).isEqualTo(404);
      for (String page : List.of("/", "/dashboard", "/actuator/health/readiness")) {
        assertThat(statusUnderAnotherName(service, page)).as(page).isEqualTo(200);
      }
      for (String data : List.of("/actuator/usage", "/dashboard/stream", "/v1/models")) {
        assertThat(statusUnderAnotherName(service, data)).as(data).isEqualTo(403);
      }
    }
  }

  /// What a page of a foreign name gets that was made to mean this machine.
  private static int statusUnderAnotherName(RunningService service, String path) {
    return WebTestClient.bindToServer()
        .baseUrl(service.root().toString())
        .build()
        .get()
        .uri(path)
        .header("Host", "evil.example")
        .exchange()
        .returnResult(Void.class)
        .getStatus()
        .value();
  }

  @Test
  void service_startsAndServes_withoutTheDatabase() {
    try (RunningService first = RunningService.start(home, database, EMULATED)) {
      complete(first, PROMPTS.getFirst(), 8);
      assertThat(first.post("/actuator/placement", "").status()).isEqualTo(200);
    }
    // Nothing listens on the discard port.
    try (RunningService second =
        RunningService.start(
            home,
            database.through(9),
            emulated("--fiddler.store.start-timeout=1s", "--fiddler.store.close-timeout=0s"))) {
      assertThat(second.get("/actuator/placement").json().get("version").asLong()).isEqualTo(2);
      complete(second, PROMPTS.getFirst(), 8);
      Answer health = second.get("/actuator/health");
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.json().get("status").asString()).isEqualTo("DEGRADED");
      assertThat(health.json().at("/components/store/details/bufferedRequests").asInt())
          .isEqualTo(1);
      assertThat(health.json().at("/components/store/details/spoolMaxBytes").asLong())
          .isEqualTo(256L << 20);
      assertThat(second.get("/actuator/health/readiness").status()).isEqualTo(200);
      assertThat(second.post("/actuator/placement", "").status()).isEqualTo(503);
      assertThat(second.get("/actuator/usage").status()).isEqualTo(503);
    }
  }

  @Test
  void shutdown_cutsOffAfterItsLimit_andWritesWhatWasCounted() throws IOException {
    ActivationCounters counters;
    BufferedReader stream;
    try (RunningService service =
        RunningService.start(home, database, emulated("--fiddler.shutdown.drain=200ms"))) {
      counters = service.engine().activations();
      stream =
          service.stream(
              "/v1/completions",
              """
              {"model":"tiny-moe","prompt":"ROMEO: I","max_tokens":1000,"ignore_eos":true,"stream":true}
              """);
      assertThat(stream.readLine()).startsWith("data: {");
    }
    assertThat(drain(stream)).contains("\"error\"").doesNotContain("[DONE]");
    try (HikariDataSource pool = database.pool()) {
      JdbcClient jdbc = JdbcClient.create(pool);
      assertThat(stored(jdbc)).isEqualTo(counted(counters)).isNotEmpty();
      assertThat(jdbc.sql("select count(*) from request_log").query(Long.class).single())
          .isEqualTo(1);
    }
  }

  /// What still came before the connection was closed.
  private static String drain(BufferedReader stream) {
    StringBuilder rest = new StringBuilder();
    try (stream) {
      for (String line = stream.readLine(); line != null; line = stream.readLine()) {
        rest.append(line).append('\n');
      }
    } catch (IOException cutOff) {
      rest.append(cutOff);
    }
    return rest.toString();
  }

  private static JsonNode complete(RunningService service, String prompt, int maxTokens) {
    Answer answer =
        service.post(
            "/v1/completions",
            """
            {"model":"tiny-moe","prompt":"%s","max_tokens":%d,"temperature":0,"ignore_eos":true}
            """
                .formatted(prompt, maxTokens));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static String text(JsonNode completion) {
    return completion.at("/choices/0/text").asString();
  }

  private static String[] emulated(String... more) {
    return Stream.of(EMULATED, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private static void assertExperts(RunningService service, Map<String, Long> counted) {
    JsonNode experts = service.get("/actuator/experts").json();
    Map<String, Long> shown = new TreeMap<>();
    for (JsonNode layer : experts.get("layers")) {
      for (JsonNode expert : layer.get("experts")) {
        for (Phase phase : Phase.values()) {
          String name = phase.name().toLowerCase(Locale.ROOT);
          put(
              shown,
              phase,
              layer.get("layer").asInt(),
              expert.get("expert").asInt(),
              expert.get("assignments").get(name).asLong());
        }
      }
    }
    assertThat(shown).isEqualTo(counted);
    assertThat(experts.at("/summary/resident").asInt()).isEqualTo(12);
  }

  private static void assertUsage(
      RunningService service, long promptTokens, long completionTokens) {
    JsonNode totals = service.get("/actuator/usage").json().get("totals");
    assertThat(totals.get("requests").asLong()).isEqualTo(PROMPTS.size() + 1);
    assertThat(totals.get("failed").asLong()).isEqualTo(1);
    assertThat(totals.get("promptTokens").asLong()).isEqualTo(promptTokens);
    assertThat(totals.get("completionTokens").asLong()).isEqualTo(completionTokens);
    assertThat(totals.get("hitRate").asDouble()).isBetween(0.0, 1.0);
  }

  /// What the engine counted, by phase, layer and expert.
  private static Map<String, Long> counted(ActivationCounters counters) {
    ExpertGrid grid = counters.grid();
    Map<String, Long> counts = new TreeMap<>();
    for (ActivationSnapshot snapshot : counters.snapshot().values()) {
      for (Phase phase : Phase.values()) {
        for (int index = 0; index < grid.size(); index++) {
          put(
              counts,
              phase,
              grid.at(index).layer(),
              grid.at(index).expert(),
              snapshot.count(phase, index));
        }
      }
    }
    return counts;
  }

  private static Map<String, Long> stored(JdbcClient jdbc) {
    Map<String, Long> counts = new TreeMap<>();
    jdbc.sql("select phase, layer, expert, count from expert_activation_by_expert")
        .query(row -> {
          put(
              counts,
              Phase.valueOf(row.getString("phase").toUpperCase(Locale.ROOT)),
              row.getInt("layer"),
              row.getInt("expert"),
              row.getLong("count"));
        });
    return counts;
  }

  private static void put(
      Map<String, Long> counts, Phase phase, int layer, int expert, long count) {
    if (count > 0) {
      counts.merge("%s %d.%d".formatted(phase, layer, expert), count, Long::sum);
    }
  }

  private static long total(Map<String, Long> counts, Phase phase) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(phase.name()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
