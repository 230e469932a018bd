package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.web.Draining;
import io.fiddler.api.web.SecurityOptions;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/// A service that needs keys and is about to end. In order: there is no way back.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrainingTest extends ScriptedTest {
  private static final String KEY = "sk-correct-horse";

  @Override
  ApiOptions options() {
    return new ApiOptions(GenerationOptions.DEFAULT, SecurityOptions.withKey(KEY), 1, 1);
  }

  @Test
  @Order(1)
  void end_isHeldUp_byThoseOnlyWhoShowAKey() throws IOException, InterruptedException {
    Draining draining = server().bean(Draining.class);
    try (RawConnection stranger = unfinished("");
        RawConnection _ = unfinished("Authorization: Bearer " + KEY + "\r\n")) {
      assertThat(stranger.readUntil("\r\n")).contains("401");
      while (draining.running() == 0) {
        Thread.onSpinWait();
      }

      assertThat(draining.drain(Duration.ZERO)).isEqualTo(1);
    }
    assertThat(draining.drain(Duration.ofSeconds(10))).isZero();
  }

  @Test
  @Order(2)
  void stranger_learnsNothing_whileTheServiceEnds() {
    posted().expectStatus().isEqualTo(401).expectHeader().doesNotExist("Retry-After");
  }

  @Test
  @Order(3)
  void requestWithAKey_isToldToComeBack_whileTheServiceEnds() {
    posted("Bearer " + KEY)
        .expectStatus()
        .isEqualTo(503)
        .expectHeader()
        .exists("Retry-After")
        .expectHeader()
        .valueEquals("Connection", "close")
        .expectHeader()
        .valueEquals("X-Content-Type-Options", "nosniff")
        .expectHeader()
        .valueEquals("Cache-Control", "no-store")
        .expectBody(String.class)
        .value(body -> assertThat(body).contains("\"code\":\"shutting_down\""));
  }

  @Test
  @Order(4)
  void reads_goOn_whileTheServiceEnds() {
    client()
        .get()
        .uri("/v1/models")
        .header("Authorization", "Bearer " + KEY)
        .exchange()
        .expectStatus()
        .isOk();
  }

  private WebTestClient.ResponseSpec posted(String... authorization) {
    return client()
        .post()
        .uri("/v1/completions")
        .headers(headers -> {
          for (String each : authorization) {
            headers.set("Authorization", each);
          }
        })
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"prompt\":\"a\"}")
        .exchange();
  }

  /// A request whose body never comes.
  private RawConnection unfinished(String header) throws IOException {
    return RawConnection.send(
        server().port(),
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
            + header
            + "\r\n{");
  }
}
