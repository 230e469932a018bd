package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;

/// Errors that Reactor throws past every operator are answered, wherever in the server they happen.
class FatalErrorsTest extends ScriptedTest {

  @Override
  ApiServer start() {
    return ApiServer.start(engine, new ByteTokenizer(), ApiOptions.DEFAULT, BrokenEndpoints.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/broken",
        "/actuator/brokenflux",
        "/actuator/health",
        "/broken/links",
        "/broken/links/mapping",
        "/broken/links/elsewhere",
        "/broken/links/twice-elsewhere",
        "/broken/links/writing"
      })
  void read_isAnswered_whenItDoesNotLink(String path) {
    assertInternal(text(client().get().uri(path).exchange().expectStatus().isEqualTo(500)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/broken", "/broken/links", "/broken/links/elsewhere"})
  void write_isAnswered_whenItDoesNotLinkAfterItsBodyWasRead(String path) {
    assertInternal(
        text(
            client()
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"reason\":\"test\"}")
                .exchange()
                .expectStatus()
                .isEqualTo(500)));
  }

  private static void assertInternal(String body) {
    assertThat(body)
        .startsWith("{\"error\":{\"message\":\"Internal error;")
        .doesNotContain("secret", "Error:", "\\tat ");
  }
}
