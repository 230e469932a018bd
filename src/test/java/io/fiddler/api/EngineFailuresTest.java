package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineOverloadedException;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineTimeoutException;
import io.fiddler.engine.FinishReason;
import io.fiddler.usage.RequestRecord;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;

/// An engine that is not ready, full, or broken: what a real one cannot be made to show.
class EngineFailuresTest extends ScriptedTest {
  private final ByteTokenizer tokenizer = new ByteTokenizer();

  @Override
  ApiServer start() {
    return ApiServer.start(engine, tokenizer, ApiOptions.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "LOADING,reading weights,engine_loading,'The model is loading (reading weights, 42 %); try again later'",
    "FAILED,the model could not be loaded: no space,engine_failed,The model could not be loaded: no space",
    "CLOSED,'',engine_closed,The service is shutting down"
  })
  void request_isPutOff_whenEngineIsNotReady(
      EngineState state, String phase, String code, String message) throws InterruptedException {
    engine.status(state, phase, 0.42);
    String expected =
        "{\"error\":{\"message\":\"%s\",\"type\":\"service_unavailable_error\",\"param\":null,\"code\":\"%s\"}}"
            .formatted(message, code);

    for (WebTestClient.ResponseSpec answer :
        List.of(
            complete("{'prompt':'Hi'}"),
            complete("{'prompt':'Hi','stream':true}"),
            complete("not even JSON"),
            client().get().uri("/v1/models").exchange(),
            client().get().uri("/v1/models/other").exchange())) {
      answer
          .expectStatus()
          .isEqualTo(503)
          .expectHeader()
          .valueEquals("Retry-After", "2")
          .expectBody(String.class)
          .isEqualTo(expected);
    }
    RequestRecord request = server().nextRecord();
    assertThat(request.status()).isEqualTo(503);
    assertThat(request.fingerprint()).isNull();
    assertThat(request.device()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void request_isPutOff_whenEngineIsFull(boolean stream) throws InterruptedException {
    engine.script(Script.refuse(new EngineOverloadedException("256 generations are waiting")));

    complete("{'prompt':'Hi','stream':" + stream + "}")
        .expectStatus()
        .isEqualTo(429)
        .expectHeader()
        .valueEquals("Retry-After", "1")
        .expectBody(String.class)
        .isEqualTo(
            "{\"error\":{\"message\":\"256 generations are waiting\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":\"overloaded\"}}");
    RequestRecord record = server().nextRecord();
    assertThat(record.status()).isEqualTo(429);
    assertThat(record.promptTokens()).as("it never ran").isZero();
  }

  @Test
  void prompts_areCounted_ifOneOfTheirGenerationsRan() throws InterruptedException {
    engine.script(run -> {
      if (run.request().promptTokens().length == 3) {
        run.prefill();
        run.finish(FinishReason.LENGTH);
      } else {
        run.fail(new EngineTimeoutException("its time was over in the queue"));
      }
    });

    complete("{'prompt':[[1,2,3],[1,2]]}").expectStatus().isEqualTo(503);

    assertThat(server().nextRecord().promptTokens()).isEqualTo(3);
  }

  @Test
  void firstChoices_areCancelled_whenALaterOneIsRefused() throws InterruptedException {
    Script stall = Script.stall(ScriptedRun::prefill);
    engine.script(
        new Script() {
          @Override
          public void run(ScriptedRun run) throws InterruptedException {
            stall.run(run);
          }

          @Override
          public void onSubmit(ScriptedRun run) {
            if (run.sampling().seed() == 2) {
              throw new EngineOverloadedException("full");
            }
          }
        });

    complete("{'prompt':'Hi','n':3,'seed':0,'stream':true}").expectStatus().isEqualTo(429);

    engine.nextRun().awaitCancelled();
    engine.nextRun().awaitCancelled();
    assertThat(server().nextRecord().status()).isEqualTo(429);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void request_isRefusedWithTheEnginesSentence_whenEngineCannotServeIt(boolean stream) {
    engine.script(Script.refuse(new IllegalArgumentException("too long for the cache")));

    complete("{'prompt':'Hi','stream':" + stream + "}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            "{\"error\":{\"message\":\"too long for the cache\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_value\"}}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void request_failsWithoutDetail_whenSubmissionBreaks(boolean stream) throws InterruptedException {
    for (Throwable failure :
        List.of(
            new IllegalStateException("secret"),
            new NoClassDefFoundError("secret"),
            new UnsatisfiedLinkError("secret"),
            new StackOverflowError("secret"))) {
      engine.script(Script.refuse(failure));

      assertInternal(complete("{'prompt':'Hi','stream':" + stream + "}"));
      RequestRecord request = server().nextRecord();
      assertThat(request.status()).isEqualTo(500);
      assertThat(request.error()).contains("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void request_failsWithoutDetail_whenGenerationBreaksBeforeItsPrefill(boolean stream)
      throws InterruptedException {
    for (Throwable failure :
        List.of(new IllegalStateException("secret"), new NoClassDefFoundError("secret"))) {
      engine.script(run -> run.fail(failure));

      assertInternal(complete("{'prompt':'Hi','stream':" + stream + "}"));
      assertThat(server().nextRecord().finishReason()).isEqualTo("error");
    }
  }

  @Test
  void request_failsWithoutDetail_whenTokenizerDoesNotLink() {
    tokenizer.breakWith(new NoClassDefFoundError("secret"));
    try {
      assertInternal(complete("{'prompt':'Hi'}"));
      assertInternal(complete("{'prompt':'Hi','stream':true}"));
    } finally {
      tokenizer.breakWith(null);
    }
  }

  @Test
  void stream_endsWithAnErrorEvent_whenGenerationBreaksInTheMiddle() throws InterruptedException {
    engine.script(run -> {
      run.prefill();
      run.token('a');
      run.fail(new IllegalStateException("secret"));
    });

    List<String> events = events("{'prompt':'Hi','stream':true}");

    assertThat(events).hasSize(2);
    assertThat(events.getFirst()).contains("\"text\":\"a\"");
    assertThat(events.getLast())
        .startsWith("data: {\"error\":{\"message\":\"Internal error;")
        .endsWith("\"type\":\"server_error\",\"param\":null,\"code\":\"internal_error\"}}")
        .doesNotContain("secret");
    RequestRecord request = server().nextRecord();
    assertThat(request.status()).isEqualTo(500);
    assertThat(request.completionTokens()).isEqualTo(1);
  }

  @Test
  void request_isPutOff_whenItsTimeIsOverInTheMiddle() throws InterruptedException {
    engine.script(run -> {
      run.prefill();
      run.token('a');
      run.fail(new EngineTimeoutException("the time was over"));
    });
    String error =
        "{\"error\":{\"message\":\"the time was over\",\"type\":\"service_unavailable_error\",\"param\":null,\"code\":\"timeout\"}}";

    complete("{'prompt':'Hi'}")
        .expectStatus()
        .isEqualTo(503)
        .expectHeader()
        .valueEquals("Retry-After", "2")
        .expectBody(String.class)
        .isEqualTo(error);
    List<String> events = events("{'prompt':'Hi','stream':true}");

    assertThat(events.getFirst()).contains("\"text\":\"a\"");
    assertThat(events.getLast()).isEqualTo("data: " + error);
    for (int i = 0; i < 2; i++) {
      RequestRecord request = server().nextRecord();
      assertThat(request.status()).isEqualTo(503);
      assertThat(request.completionTokens()).isEqualTo(1);
    }
  }

  @Test
  void otherChoices_areCancelled_whenOneBreaks() throws InterruptedException {
    engine.script(run -> {
      run.prefill();
      if (run.sampling().seed() == 0) {
        run.fail(new IllegalStateException("secret"));
      } else {
        run.awaitCancelled();
        run.finish(FinishReason.CANCELLED);
      }
    });

    assertInternal(complete("{'prompt':'Hi','n':2,'seed':0}"));
    engine.nextRun();
    engine.nextRun().awaitCancelled();
  }

  @Test
  void headers_arrive_whenPrefillIsDoneAndNoTokenHasCome() throws Exception {
    engine.script(Script.stall(ScriptedRun::prefill));
    try (RawConnection connection =
        RawConnection.complete(server().port(), "{'prompt':'Hi','stream':true}")) {
      assertThat(connection.readUntil("\r\n\r\n"))
          .startsWith("HTTP/1.1 200 OK")
          .contains("Server-Timing: queue;dur=0.100, prefill;dur=12.300, hit-rate;desc=\"0.750\"")
          .contains("X-Fiddler-Placement: 7")
          .contains("text/event-stream");
    }
  }

  private static void assertInternal(WebTestClient.ResponseSpec answer) {
    assertThat(text(answer.expectStatus().isEqualTo(500)))
        .startsWith("{\"error\":{\"message\":\"Internal error;")
        .doesNotContain("secret");
  }
}
