package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Two service processes, one PostgreSQL. What happens is written to `target/replicas.txt`, from
/// which `src/docs/replicas.md` shows it.
final class ReplicasTest {
  private static final String PLACEMENT = "/actuator/placement";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final List<String> PROMPTS =
      List.of("ROMEO: I", "To be, or not to be", "In the beginning");

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();
  private final List<String> transcript = new ArrayList<>();
  private long firstVersion;

  @Test
  void replicas_shareOneMemory_followTheOperator_andOutliveEachOther() throws IOException {
    try (HikariDataSource pool = database.pool()) {
      JdbcClient jdbc = JdbcClient.create(pool);
      try (ServiceProcess large = start("large", 12)) {
        try (ServiceProcess small = start("small", 6)) {
          tell("Both start at once.");
          large.ready();
          JsonNode first = show("large", large);
          assertThat(first.get("policy").asString()).isEqualTo("even");
          firstVersion = first.get("version").asLong();
          assertThat(show("small", small).get("policy").asString()).isEqualTo("even");
        }
        tell("`small` stops; only `large` gets requests.");
        complete(large);
        large.get("/actuator/usage"); // brings what was counted to the database

        try (ServiceProcess small = start("small", 6)) {
          tell("`small` starts again, and is warm from what `large` has seen.");
          JsonNode warm = show("small", small);
          assertThat(warm.get("policy").asString()).isEqualTo("frequency");
          assertThat(warm.get("experts")).hasSize(6);
          assertThat(warm.get("forecastHitRate").asDouble()).isGreaterThan(0.2);

          follow(large, small);

          large.kill();
          tell("`large` is killed (kill -9). `small` goes on, and plans.");
          complete(small);
          small.post(PLACEMENT, "{\"reason\":\"alone now\"}");
          JsonNode alone = show("small", small);
          assertThat(alone.get("experts")).hasSize(6);
          assertThat(alone.get("reason").asString()).isEqualTo("alone now");
          tell("What was done, newest first:");
          events(small);
        }
      }
      assertThat(
              jdbc.sql("select count(distinct replica) from placement").query(Long.class).single())
          .isEqualTo(2);
    }
    Files.write(Path.of("target", "replicas.txt"), transcript);
  }

  private void follow(ServiceProcess large, ServiceProcess small) {
    JsonNode applied = large.post(PLACEMENT, "{\"reason\":\"new traffic\"}");
    assertThat(applied.get("experts")).hasSize(12);
    tell("An operator applies on `large`; `small` follows, with the best that fit.");
    show("large", large);
    String reason = "follows %d of large: new traffic".formatted(applied.get("version").asLong());
    awaitPlacement(small, json -> reasonOf(json).equals(reason) || isFittedTo(json, applied));
    show("small", small);

    large.post(
        PLACEMENT,
        "{\"action\":\"rollback\",\"version\":%d,\"reason\":\"as it began\"}"
            .formatted(firstVersion));
    String rollback = "of large: rollback to %d: as it began".formatted(firstVersion);
    JsonNode back = awaitPlacement(small, json -> reasonOf(json).endsWith(rollback));
    tell("The operator goes back to what `large` began with; `small` follows again.");
    show("large", large);
    show("small", small);
    assertThat(back.get("policy").asString()).isEqualTo("even");
    assertThat(back.get("author").asString()).isEqualTo("operator");
    assertThat(back.get("by").asString()).isEqualTo("127.0.0.1");
    assertThat(isFittedTo(back, large.get(PLACEMENT))).isTrue();

    large.post(PLACEMENT, "{\"action\":\"pin\",\"scope\":\"all\",\"reason\":\"a demo\"}");
    awaitPlacement(small, json -> !json.get("pinned").isNull());
    tell("The operator pins it for all replicas, and lets go again.");
    show("small", small);
    large.post(PLACEMENT, "{\"action\":\"unpin\",\"scope\":\"all\"}");
    awaitPlacement(small, json -> json.get("pinned").isNull());
  }

  private ServiceProcess start(String name, int experts) {
    return ServiceProcess.start(
        home.resolve(name),
        database,
        "--fiddler.replica=" + name,
        "--fiddler.device.kind=emulated",
        "--fiddler.device.experts=" + experts);
  }

  private static void complete(ServiceProcess service) {
    for (String prompt : PROMPTS) {
      JsonNode answer =
          service.post(
              "/v1/completions",
              "{\"prompt\":\"" + prompt + "\",\"max_tokens\":24,\"temperature\":0}");
      assertThat(answer.get("choices")).hasSize(1);
    }
  }

  /// Whether the experts are the best of `other` that have room, in its order.
  private static boolean isFittedTo(JsonNode json, JsonNode other) {
    List<String> own = experts(json);
    return own.equals(experts(other).subList(0, own.size()));
  }

  private static List<String> experts(JsonNode json) {
    return json.get("experts")
        .valueStream()
        .map(expert -> expert.get("layer").asInt() + "." + expert.get("expert").asInt())
        .toList();
  }

  private static String reasonOf(JsonNode json) {
    JsonNode reason = json.get("reason");
    return reason == null ? "" : reason.asString();
  }

  /// Asks until it is so; a replica follows within moments.
  private static JsonNode awaitPlacement(ServiceProcess service, Predicate<JsonNode> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode json = service.get(PLACEMENT);
    while (!wanted.test(json)) {
      assertThat(System.nanoTime()).as("%s\n%s", json, service.output()).isLessThan(deadline);
      pause();
      json = service.get(PLACEMENT);
    }
    return json;
  }

  private static void pause() {
    try {
      assertThat(new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void tell(String what) {
    transcript.add("");
    transcript.add(what);
  }

  private JsonNode show(String name, ServiceProcess service) {
    JsonNode json = service.get(PLACEMENT);
    transcript.add(
        "    %s: version %d, %s, by %s, %s, forecast %.3f, %s%s%n      %s"
            .formatted(
                name,
                json.get("version").asLong(),
                json.get("author").asString(),
                json.get("by").isNull() ? "nobody" : json.get("by").asString(),
                json.get("policy").asString(),
                json.get("forecastHitRate").asDouble(),
                reasonOf(json).isEmpty() ? "no reason" : "\"" + reasonOf(json) + "\"",
                json.get("pinned").isNull() ? "" : ", pinned " + json.get("pinned"),
                String.join(" ", experts(json))));
    return json;
  }

  private void events(ServiceProcess service) {
    for (JsonNode event : service.get("/actuator/placements/events").get("events")) {
      transcript.add(
          "    %-8s on %-5s version %s by %s: %s"
              .formatted(
                  event.get("action").asString(),
                  event.get("replica").asString(),
                  event.get("version"),
                  event.get("by").asString("nobody"),
                  event.get("reason").asString("-")));
    }
  }
}
