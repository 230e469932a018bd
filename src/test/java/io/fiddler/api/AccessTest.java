package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.web.SecurityOptions;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/// Closed by default, and opened by a key.
class AccessTest {
  private static final String PLACEMENT = "/actuator/placement";

  @Nested
  class WithoutKey extends ScriptedTest {

    @Override
    ApiOptions options() {
      return new ApiOptions(
          GenerationOptions.DEFAULT, SecurityOptions.local().opening(Set.of("/open.html")), 1, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:65535"})
    void write_isTaken_whenHostIsLocal(String host) {
      write(host, null, "application/json").expectStatus().isOk();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "evil.example",
          "evil.example:8080",
          "localhost.evil.example",
          "127.0.0.1.evil.example",
          "127.0.0.2",
          "0.0.0.0"
        })
    void write_isRefused_whenHostIsForeign(String host) {
      write(host, null, "application/json")
          .expectStatus()
          .isEqualTo(403)
          .expectBody(String.class)
          .isEqualTo(refusal("Host", host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080"})
    void write_isTaken_whenOriginIsLocal(String origin) {
      write("localhost", origin, "application/json").expectStatus().isOk();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"https://evil.example", "null", "http://localhost.evil.example", "file://"})
    void write_isRefused_whenOriginIsForeign(String origin) {
      write("localhost", origin, "application/json")
          .expectStatus()
          .isEqualTo(403)
          .expectBody(String.class)
          .isEqualTo(refusal("Origin", origin));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "nonsense"})
    void write_isRefused_whenItIsNotJson(@Nullable String contentType) {
      write("localhost", null, contentType).expectStatus().isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/usage", "/v1/models", "/actuator/health", "/unknown"})
    void read_isRefused_whenHostIsForeign(String path) {
      for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS)) {
        client()
            .method(method)
            .uri(path)
            .header("Host", "evil.example")
            .exchange()
            .expectStatus()
            .isEqualTo(403);
      }
      read("evil.example", path)
          .expectBody(String.class)
          .isEqualTo(refusal("Host", "evil.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1:8080", "[::1]"})
    void read_isTaken_whenHostIsLocal(String host) {
      read(host, "/actuator/usage").expectStatus().isOk();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"/open.html", "/actuator/health/liveness", "/actuator/health/readiness"})
    void read_isTaken_whateverTheHost_ofWhatHoldsNoData(String path) {
      read("10.1.2.3:8080", path).expectStatus().value(status -> assertThat(status).isIn(200, 404));
    }

    private WebTestClient.ResponseSpec read(String host, String path) {
      return client().get().uri(path).header("Host", host).exchange();
    }

    private WebTestClient.ResponseSpec write(
        String host, @Nullable String origin, @Nullable String contentType) {
      return client()
          .post()
          .uri(PLACEMENT)
          .headers(headers -> {
            headers.set("Host", host);
            if (origin != null) {
              headers.set("Origin", origin);
            }
            if (contentType != null) {
              headers.set("Content-Type", contentType);
            }
          })
          .exchange();
    }

    private static String refusal(String header, String got) {
      return ("{\"error\":{\"message\":\"%s must name this machine (localhost, 127.0.0.1 or [::1])"
              + " while no API key is configured, got \\\"%s\\\"\",\"type\":\"invalid_request_error\","
              + "\"param\":null,\"code\":\"not_local\"}}")
          .formatted(header, got);
    }
  }

  @Nested
  class WithKey extends ScriptedTest {
    private static final String KEY = "sk-correct-horse";

    @Override
    ApiOptions options() {
      return new ApiOptions(GenerationOptions.DEFAULT, SecurityOptions.withKey(KEY), 1, 1);
    }

    @ParameterizedTest
    @CsvSource({
      "GET,/v1/models",
      "GET,/actuator/usage",
      "GET,/actuator/health/liveness/",
      "GET,/actuator/health/liveness;x=1",
      "GET,/actuator/health/%6civeness",
      "POST,/v1/completions",
      "POST,/actuator/placement",
      "GET,/unknown"
    })
    void request_isRefused_whenKeyIsMissing(String method, String path) {
      client()
          .method(HttpMethod.valueOf(method))
          .uri(URI.create("http://127.0.0.1:" + server().port() + path))
          .exchange()
          .expectStatus()
          .isEqualTo(401)
          .expectHeader()
          .valueEquals("WWW-Authenticate", "Bearer realm=\"fiddler\"")
          .expectBody(String.class)
          .isEqualTo(
              "{\"error\":{\"message\":\"An API key is required: Authorization: Bearer <key>\","
                  + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"missing_api_key\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-wrong", "Bearer sk-correct-hors", "bearer x"})
    void request_isRefused_whenKeyIsWrong(String authorization) {
      authorized(authorization)
          .expectStatus()
          .isEqualTo(401)
          .expectBody(String.class)
          .value(body ->
              assertThat(body)
                  .contains("The API key is not known", "invalid_api_key")
                  .doesNotContain("sk-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Basic c2stY29ycmVjdC1ob3JzZTo=", "sk-correct-horse"})
    void request_isRefused_whenSchemeIsAnother(String authorization) {
      authorized(authorization).expectStatus().isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-correct-horse", "bearer  sk-correct-horse"})
    void request_isTaken_whenKeyIsRight(String authorization) {
      authorized(authorization).expectStatus().isOk();
    }

    @Test
    void completion_isTakenFromAnywhere_whenKeyIsRight() {
      client()
          .post()
          .uri("/v1/completions")
          .header("Host", "models.example")
          .header("Origin", "https://app.example")
          .header("Authorization", "Bearer " + KEY)
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"prompt\":\"a\"}")
          .exchange()
          .expectStatus()
          .isOk();
    }

    /// As Prometheus asks, by the name of the service.
    @Test
    void read_isTakenUnderAnyName_whenKeyIsRight() {
      client()
          .get()
          .uri("/actuator/usage")
          .header("Host", "fiddler:8080")
          .header("Authorization", "Bearer " + KEY)
          .exchange()
          .expectStatus()
          .isOk();
    }

    @Test
    void probe_needsNoKey() {
      client().get().uri("/actuator/health/liveness").exchange().expectStatus().isOk();
    }

    private WebTestClient.ResponseSpec authorized(String authorization) {
      return client().get().uri("/v1/models").header("Authorization", authorization).exchange();
    }
  }

  @Test
  void key_isNotShown_whenOptionsArePrinted() {
    assertThat(SecurityOptions.withKey("sk-1").toString()).doesNotContain("sk-1");
  }
}
