package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/// Requests that break a rule of HTTP, or use one that few clients use.
class HttpRulesTest extends ScriptedTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String BODY = JSON + "Content-Length: 14\r\n\r\n{\"prompt\":\"a\"}";

  @Test
  void request_isRefused_whenContentTypeIsNotJson() {
    client()
        .post()
        .uri("/v1/completions")
        .contentType(MediaType.TEXT_PLAIN)
        .bodyValue("{\"prompt\":\"a\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(415)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "Content-Type must be application/json, got text/plain",
                null,
                "unsupported_media_type"));
  }

  @Test
  void request_isRefused_whenPathIsUnknown() {
    client()
        .get()
        .uri("/v1/nothing")
        .exchange()
        .expectStatus()
        .isEqualTo(404)
        .expectBody(String.class)
        .isEqualTo(error("Unknown path: GET /v1/nothing", null, "unknown_path"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/completions,POST",
    "DELETE,/v1/completions,POST",
    "HEAD,/v1/completions,POST",
    "OPTIONS,/v1/completions,POST",
    "OPTIONS,/v1/models,'GET, HEAD'",
    "DELETE,/v1/models/tiny-moe,'GET, HEAD'"
  })
  void request_isRefusedWithTheMethodsAllowed_whenMethodIsWrong(
      String method, String path, String allowed) {
    String answer =
        error(
            "Method not allowed: %s %s (allowed: %s)".formatted(method, path, allowed),
            null,
            "method_not_allowed");

    var refusal =
        client()
            .method(HttpMethod.valueOf(method))
            .uri(path)
            .exchange()
            .expectStatus()
            .isEqualTo(405)
            .expectHeader()
            .valueEquals("Allow", allowed);
    if (method.equals("HEAD")) {
      refusal.expectBody().isEmpty();
    } else {
      refusal.expectBody(String.class).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/models", "/v1/models/tiny-moe"})
  void head_hasTheHeadersOfGetAndNoBody(String path) {
    client()
        .head()
        .uri(path)
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType(MediaType.APPLICATION_JSON)
        .expectHeader()
        .value("Content-Length", length -> assertThat(Integer.parseInt(length)).isPositive())
        .expectBody()
        .isEmpty();
  }

  @Test
  void preflight_isNotAllowed_whateverItAsksFor() {
    client()
        .options()
        .uri("/v1/completions")
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .exchange()
        .expectHeader()
        .doesNotExist("Access-Control-Allow-Origin")
        .expectBody()
        .isEmpty();
  }

  @Test
  void body_isRefused_whenItIsCompressed() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
      gzip.write("{\"prompt\":\"a\"}".getBytes(UTF_8));
    }
    client()
        .post()
        .uri("/v1/completions")
        .contentType(MediaType.APPLICATION_JSON)
        .header("Content-Encoding", "gzip")
        .bodyValue(body.toByteArray())
        .exchange()
        .expectStatus()
        .isEqualTo(415)
        .expectHeader()
        .valueEquals("Accept-Encoding", "identity")
        .expectBody(String.class)
        .isEqualTo(
            error(
                "The body must not be encoded, got Content-Encoding: gzip",
                null,
                "unsupported_content_encoding"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/xml", "text/event-stream", "nonsense"})
  void answer_isJson_whateverIsAccepted(String accept) throws IOException {
    String answer = sent("POST /v1/completions", "Accept: " + accept + "\r\n" + BODY);

    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("Content-Type: application/json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions/", "/v1//completions", "/V1/completions", "/", "/v1"})
  void path_isUnknown_whenItIsSpelledOtherwise(String path) throws IOException {
    assertThat(sent("POST " + path, BODY))
        .startsWith("HTTP/1.1 404 ")
        .endsWith(error("Unknown path: POST " + path, null, "unknown_path"));
  }

  @ParameterizedTest
  @CsvSource({"/v1/models/,''", "/v1/models/tiny-moe/,tiny-moe/"})
  void model_isUnknown_whenASlashFollowsItsName(String path, String name) throws IOException {
    assertThat(sent("GET " + path, "\r\n"))
        .startsWith("HTTP/1.1 404 ")
        .contains("The model \\\"" + name + "\\\" does not exist");
  }

  @Test
  void body_isRefusedUnread_whenItsLengthIsOverTheLimit() throws IOException {
    assertThat(sent("POST /v1/completions", JSON + "Content-Length: 4194305\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ")
        .endsWith(error("The body must have at most 4194304 bytes", null, "request_too_large"));
  }

  /// What the server refuses before it is a request has no body, and nothing of the server in it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|GARBAGE",
        "400|GET /v1/models",
        "400|GET /v1/models HTTP/x.y",
        "400|GET /v1/models/%zz HTTP/1.1~Host: localhost",
        "400|GET /v1/{models}^ HTTP/1.1~Host: localhost",
        "400|GET /v1/models HTTP/1.1~Host: a b:c",
        "400|GET /v1/models HTTP/1.1~Host: [::",
        "400|GET /v1/models HTTP/1.1~Host: localhost~B ad: x",
        "431|GET /v1/models HTTP/1.1~Host: localhost~X: LONG",
        "414|GET /v1/models?LONG HTTP/1.1~Host: localhost",
        "400|POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: 1~Content-Length: 2",
        "400|POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: -1",
        "400|POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: 1~Transfer-Encoding: chunked",
        "400|POST /v1/completions HTTP/1.1~Host: localhost~Transfer-Encoding: gzip",
      })
  void request_isRefusedWithAnEmptyBody_whenItIsNoHttp(int status, String lines)
      throws IOException {
    String request = lines.replace("~", "\r\n").replace("LONG", "a".repeat(20_000));
    String close = lines.contains("~") ? "\r\nConnection: close" : "";
    try (RawConnection connection =
        RawConnection.send(server().port(), request + close + "\r\n\r\n")) {
      assertThat(connection.readAll())
          .matches("HTTP/1\\.1 " + status + " [A-Za-z -]+\r\n(?s).*")
          .containsIgnoringCase("content-length: 0")
          .endsWith("\r\n\r\n")
          .doesNotContainIgnoringCase("exception")
          .doesNotContainIgnoringCase("netty");
    }
  }

  @Test
  void completion_isRefused_whenAChunkOfItsBodyIsNoChunk() throws IOException {
    String answer =
        sent("POST /v1/completions", JSON + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContainIgnoringCase("exception");
  }

  private String sent(String line, String rest) throws IOException {
    String head = line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    try (RawConnection connection = RawConnection.send(server().port(), head + rest)) {
      return connection.readAll();
    }
  }
}
