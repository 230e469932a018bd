package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.web.BodyBudget;
import io.fiddler.api.web.SecurityOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies of many requests, in memory for little more than one.
class BodyMemoryTest extends ScriptedTest {
  private static final int MAX_BODY = 64 << 10;
  private static final int MEMORY = 80 << 10;
  private static final int HELD = 60 << 10;
  private static final String TOO_MANY =
      "The bodies of all requests together take more than %d bytes (fiddler.api.max-body-memory); try again later"
          .formatted(MEMORY);

  @Override
  ApiOptions options() {
    GenerationOptions options =
        new GenerationOptions(MAX_BODY, MEMORY, 4, 4, 1 << 20, false, RequestLimits.DEFAULT);
    return new ApiOptions(options, SecurityOptions.local(), 1, 1);
  }

  @AfterEach
  void everythingIsGivenBack() {
    awaitUsed(used -> used == 0);
  }

  @Test
  void body_isPutOff_whileOthersTakeTheMemory() throws IOException {
    try (RawConnection _ = unfinished()) {
      awaitUsed(used -> used >= HELD);

      complete(padded(HELD))
          .expectStatus()
          .isEqualTo(429)
          .expectHeader()
          .valueEquals("Retry-After", "1")
          .expectBody(String.class)
          .value(body -> assertThat(body).contains(TOO_MANY, "\"code\":\"overloaded\""));
      completed("{'prompt':'small'}");
    }
    awaitUsed(used -> used == 0);

    completed(padded(HELD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'prompt':'%s'}", "{'prompt':7,'user':'%s'}", "no JSON %s"})
  void memory_isGivenBack_howeverARequestEnds(String body) {
    for (int i = 0; i < 8; i++) {
      assertThat(text(complete(body.formatted("x".repeat(HELD))).expectStatus().isEqualTo(400)))
          .contains("\"error\"");
    }
  }

  @Test
  void memory_isGivenBack_whenTheClientsLeave() throws IOException {
    for (int i = 0; i < 8; i++) {
      try (RawConnection _ = unfinished()) {
        awaitUsed(used -> used >= HELD);
      }
      awaitUsed(used -> used == 0);
    }
  }

  @Test
  void memory_isGivenBack_beforeTheAnswerEnds() throws IOException, InterruptedException {
    engine.script(Script.stall(ScriptedRun::prefill));
    try (RawConnection _ = RawConnection.complete(server().port(), padded(HELD))) {
      engine.nextRun();

      awaitUsed(used -> used == 0);
    }
  }

  private static String padded(int bytes) {
    return "{'prompt':'a','user':'%s'}".formatted("x".repeat(bytes));
  }

  /// A body of which the last byte does not come.
  private RawConnection unfinished() throws IOException {
    return RawConnection.send(
        server().port(),
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(HELD + 1, "x".repeat(HELD)));
  }

  private void awaitUsed(LongPredicate wanted) {
    BodyBudget budget = server().bean(BodyBudget.class);
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!wanted.test(budget.usedBytes())) {
      assertThat(System.nanoTime()).as("bytes: " + budget.usedBytes()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
