package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dashboard's files and stream over HTTP, of a service with a key: without a browser, so that
/// it is tested where there is none.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DashboardHttpTest {
  private static final String KEY = "a-key-of-seventeen";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENT =
      new ParameterizedTypeReference<>() {};

  private RunningService service;
  private WebTestClient client;

  @BeforeAll
  void start(@TempDir Path home) {
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--fiddler.security.admin-key=" + KEY);
    client =
        WebTestClient.bindToServer()
            .baseUrl(service.root().toString())
            .responseTimeout(LIMIT)
            .build();
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void page_isOpenToAll_andHeldToItsOwnFiles() {
    client
        .get()
        .uri("/dashboard")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType("text/html;charset=UTF-8")
        .expectHeader()
        .value(
            "Content-Security-Policy",
            policy ->
                assertThat(policy)
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe"))
        .expectHeader()
        .valueEquals("X-Content-Type-Options", "nosniff")
        .expectHeader()
        .valueEquals("Referrer-Policy", "no-referrer");
  }

  @Test
  void everyFileThatThePageNames_isThere() {
    String page = text("/dashboard");
    List<String> names =
        Pattern.compile("(?:href|src)=\"(dashboard/[^\"]+)\"")
            .matcher(page)
            .results()
            .map(found -> "/" + found.group(1))
            .toList();

    assertThat(names).hasSizeGreaterThan(6).contains("/dashboard/uplot/uPlot.min.css");
    assertThat(names).allSatisfy(name -> assertThat(text(name)).isNotBlank());
    assertThat(text("/dashboard/uplot/uPlot.esm.js")).contains("export { uPlot as default }");
    assertThat(page).doesNotContain("<style", " style=", "onclick", "http://", "https://");
  }

  @Test
  void files_areNotSentAgain_whenUnchanged() {
    EntityExchangeResult<byte[]> first =
        client.get().uri("/dashboard/js/main.js").exchange().expectBody().returnResult();
    String etag = Objects.requireNonNull(first.getResponseHeaders().getETag());

    assertThat(first.getResponseHeaders().getCacheControl()).isEqualTo("no-cache");
    client
        .get()
        .uri("/dashboard/js/main.js")
        .header(HttpHeaders.IF_NONE_MATCH, etag)
        .exchange()
        .expectStatus()
        .isNotModified()
        .expectBody()
        .isEmpty();
    client
        .head()
        .uri("/dashboard/js/main.js")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals(HttpHeaders.ETAG, etag);
  }

  @Test
  void whatIsNotThere_saysSo() {
    for (String path :
        List.of(
            "/dashboard/js/none.js",
            "/dashboard/index.html",
            "/dashboard/%2e%2e/application.yml")) {
      client
          .get()
          .uri(service.root().resolve(path))
          .headers(headers -> headers.setBearerAuth(KEY))
          .exchange()
          .expectStatus()
          .isNotFound();
    }
    client
        .post()
        .uri("/dashboard")
        .headers(headers -> headers.setBearerAuth(KEY))
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED)
        .expectHeader()
        .valueEquals(HttpHeaders.ALLOW, "GET, HEAD");
    client
        .get()
        .uri("/dashboard/")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.PERMANENT_REDIRECT)
        .expectHeader()
        .location("../dashboard");
  }

  @Test
  void stream_needsTheKey_andSoDoesWhateverIsNoFile() {
    for (String path :
        List.of("/dashboard/stream", "/dashboard/js/none.js", "/dashboard/js/../stream")) {
      client
          .get()
          .uri(service.root() + path)
          .exchange()
          .expectStatus()
          .isUnauthorized()
          .expectHeader()
          .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"fiddler\"");
    }
  }

  @Test
  void stream_beginsWithThePast_thenShowsTheExpertsAndTheMoment() {
    List<ServerSentEvent<String>> events =
        Objects.requireNonNull(stream().take(4).collectList().block(LIMIT));

    assertThat(events)
        .extracting(ServerSentEvent::event)
        .startsWith("history")
        .contains("experts", "live");
    JsonNode live = data(events, "live");
    assertThat(live.get("state").asString()).isEqualTo("ready");
    assertThat(live.at("/placement/version").asLong()).isEqualTo(1);
    assertThat(live.at("/placement/resident").asInt()).isEqualTo(12);
    assertThat(live.at("/placement/experts").asInt()).isEqualTo(48);
    JsonNode experts = data(events, "experts");
    assertThat(experts.get("model").asString()).isEqualTo("tiny-moe");
    assertThat(experts.get("layers").size()).isEqualTo(6);
  }

  @Test
  void stream_showsACompletion() {
    complete();

    List<ServerSentEvent<String>> events =
        stream()
            .takeUntil(event ->
                "live".equals(event.event())
                    && json(event).at("/latency/generations").asInt() > 0
                    && !json(event).get("hitRate").isNull())
            .collectList()
            .block(LIMIT);

    JsonNode live = json(Objects.requireNonNull(events).getLast());
    assertThat(live.get("hitRate").asDouble()).isBetween(0.0, 1.0);
    assertThat(live.at("/latency/total/p50").asDouble()).isPositive();
  }

  private void complete() {
    client
        .post()
        .uri("/v1/completions")
        .headers(headers -> headers.setBearerAuth(KEY))
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"prompt\":\"It was\",\"max_tokens\":16}")
        .exchange()
        .expectStatus()
        .isOk();
  }

  private Flux<ServerSentEvent<String>> stream() {
    return client
        .get()
        .uri("/dashboard/stream")
        .headers(headers -> headers.setBearerAuth(KEY))
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
        .returnResult(EVENT)
        .getResponseBody();
  }

  private String text(String path) {
    String body =
        client
            .get()
            .uri(path)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    return Objects.requireNonNull(body);
  }

  private static JsonNode data(List<ServerSentEvent<String>> events, String name) {
    return json(
        events.stream().filter(event -> name.equals(event.event())).findFirst().orElseThrow());
  }

  private static JsonNode json(ServerSentEvent<String> event) {
    return JsonMapper.shared().readTree(event.data());
  }
}
