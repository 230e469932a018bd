package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What a key allows, over HTTP, and what becomes of keys while the database is down.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KeyLimitsServiceTest {
  private static final String SHORT = "{'prompt':'ROMEO: I','max_tokens':4}";

  /// More than there are connections in the service's pool.
  private static final int POOLED = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private CuttingProxy proxy;
  private KeyedService keyed;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    TestDatabase database = TestDatabase.create();
    proxy = new CuttingProxy(database);
    keyed =
        KeyedService.start(
            home,
            database.through(proxy.port()),
            "--fiddler.security.keys.cache=1ms",
            "--spring.datasource.hikari.connection-timeout=1000");
  }

  @AfterAll
  void stop() throws IOException {
    keyed.close();
    proxy.close();
  }

  @Test
  void requestsAtOnce_areLimited_untilOneEnds() throws Exception {
    String key = keyed.key("{'name':'one-at-once','concurrentRequests':1}");
    try (HttpClient http = HttpClient.newHttpClient();
        InputStream first = stream(http, key)) {
      HttpResponse<String> second = keyed.complete(SHORT, key);

      assertThat(second.statusCode()).as(second.body()).isEqualTo(429);
      assertThat(second.body()).contains("The API key may have 1 requests at once");
      assertThat(second.headers().firstValue("Retry-After")).isPresent();
      assertThat(first.read()).isPositive();
    }
    awaitAnswer(key);
  }

  /// The service has yet to hear that the first one's client left.
  private void awaitAnswer(String key) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> answer = keyed.complete(SHORT, key);
    while (answer.statusCode() == 429) {
      assertThat(System.nanoTime()).as(answer.body()).isLessThan(deadline);
      answer = keyed.complete(SHORT, key);
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /// Long, and begun.
  private InputStream stream(HttpClient http, String key) throws Exception {
    return http.send(
            HttpRequest.newBuilder(keyed.service().root().resolve("/v1/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(
                    BodyPublishers.ofString(
                        "{\"prompt\":\"ROMEO\",\"n\":16,\"max_tokens\":900,\"ignore_eos\":true,\"stream\":true}"))
                .build(),
            BodyHandlers.ofInputStream())
        .body();
  }

  @Test
  void context_isLimited_onBothRoutes() {
    String key = keyed.key("{'name':'short-sighted','maxContext':16}");

    assertThat(keyed.complete(SHORT, key).statusCode()).isEqualTo(200);
    HttpResponse<String> completion = keyed.complete(SHORT.replace("4", "40"), key);
    HttpResponse<String> chat =
        keyed
            .service()
            .send(
                "POST",
                "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                    .formatted("Wherefore art thou ".repeat(9)),
                key);

    for (HttpResponse<String> refused : List.of(completion, chat)) {
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body())
          .contains("context_length_exceeded", "the context that this key may use is 16");
    }
  }

  @Test
  void key_countsNoMore_whenItHasExpired() {
    String key = keyed.key("{'name':'bygone','expiresAt':'2026-01-31'}");

    HttpResponse<String> refused = keyed.complete(SHORT, key);

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("expired_api_key", "The API key has expired");
    String lasting = keyed.key("{'name':'lasting','expiresAt':'2126-01-31'}");
    assertThat(keyed.complete(SHORT, lasting).statusCode()).isEqualTo(200);
  }

  /// All that is computed counts, whether it is answered or not; the rest is given back.
  @ParameterizedTest
  @CsvSource({"best_of,4,32", "use_beam_search,4,8"})
  void tokens_areSettled_whenFewerAreAnsweredThanMade(String how, int width, int least) {
    String key = keyed.key("{'name':'%s','tokensPerMinute':100000}".formatted(how));
    String request =
        "{'prompt':[5,17,3],'max_tokens':8,'ignore_eos':true,'best_of':%d,'use_beam_search':%s}"
            .formatted(width, how.equals("use_beam_search"));

    HttpResponse<String> answer = keyed.complete(request, key);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(remaining(answer)).as("the most it can take is set aside").isEqualTo(99_965);
    long left = remaining(keyed.complete("{'prompt':[5],'max_tokens':1}", key)) + 2;
    assertThat(left).isBetween(99_965L, 100_000L - 3 - least);
  }

  private static long remaining(HttpResponse<String> answer) {
    return Long.parseLong(
        answer.headers().firstValue("x-ratelimit-remaining-tokens").orElseThrow());
  }

  @Test
  void billOfMaterials_isReadWithAReadKey() {
    String reader = keyed.key("{'name':'reader','scopes':['read']}");

    HttpResponse<String> list = keyed.service().send("GET", "/actuator/sbom", null, reader);

    assertThat(list.statusCode()).as(list.body()).isEqualTo(200);
    assertThat(list.body()).contains("\"ids\"");
  }

  /// At last: for a while afterwards limits hold for what each replica grants by itself.
  @Test
  @Order(Integer.MAX_VALUE)
  void knownKeys_goOn_andOthersAreToldToComeBack_whileTheDatabaseIsDown() throws IOException {
    String known = keyed.key("{'name':'known'}");
    String unseen = keyed.key("{'name':'unseen'}");
    assertThat(keyed.complete(SHORT, known).statusCode()).isEqualTo(200);
    proxy.down();
    try {
      HttpResponse<String> answered = keyed.complete(SHORT, known);
      HttpResponse<String> refused = keyed.complete(SHORT, unseen);

      assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("key_not_verifiable", "the database does not answer");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(keyed.complete(SHORT, KeyedService.ADMIN).statusCode()).isEqualTo(200);
      HttpResponse<String> keys =
          keyed.service().send("GET", KeyedService.KEYS, null, KeyedService.ADMIN);
      assertThat(keys.statusCode()).as(keys.body()).isEqualTo(503);
      assertThat(keys.headers().firstValue("Retry-After")).isPresent();
    } finally {
      proxy.up();
      awaitDatabase();
    }
  }

  /// The pool finds out one by one that its connections are broken.
  private void awaitDatabase() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int answered = 0;
    while (answered < POOLED) {
      HttpResponse<String> keys =
          keyed.service().send("GET", KeyedService.KEYS, null, KeyedService.ADMIN);
      assertThat(keys.statusCode()).as(keys.body()).isIn(200, 503);
      assertThat(System.nanoTime()).as("the database is back").isLessThan(deadline);
      answered = keys.statusCode() == 200 ? answered + 1 : 0;
    }
  }

  @Test
  void usage_isToldOfEachKey() {
    String key = keyed.key("{'name':'counted','priority':3}");
    keyed.complete(SHORT, key);
    String id = key.substring("fdl_".length(), "fdl_".length() + 12);

    JsonNode shown = awaitUsage(id);

    assertThat(shown.get("priority").asInt()).isEqualTo(3);
    assertThat(shown.at("/usage/0/completionTokens").asInt()).isEqualTo(4);
  }

  /// An answer may arrive before its row is handed over.
  private JsonNode awaitUsage(String id) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode shown = keyed.admin("GET", KeyedService.KEYS + "/" + id, null, 200);
      if (!shown.get("usage").isEmpty()) {
        return shown;
      }
      assertThat(System.nanoTime()).as(shown.toString()).isLessThan(deadline);
    }
  }
}
