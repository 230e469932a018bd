package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.RequestRecord;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The real engine with no time for any request; {@link EngineFailuresTest} has those that end in
/// the middle.
class RequestTimeoutTest extends ApiTestBase {
  private final TinyMoe model = new TinyMoe(Duration.ofNanos(1));

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void closeModel() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/completions|{'prompt':'Hi'}",
        "/v1/completions|{'prompt':'Hi','stream':true}",
        "/v1/completions|{'prompt':['Hi','Ho'],'n':3}",
        "/v1/completions|{'prompt':'Hi','use_beam_search':true,'best_of':4}",
        "/v1/chat/completions|{'messages':[{'role':'user','content':'Hi'}]}",
        "/v1/chat/completions|{'messages':[{'role':'user','content':'Hi'}],'stream':true}"
      })
  void request_isPutOff_whenItsTimeIsOver(String path, String json) throws InterruptedException {
    assertThat(
            text(
                post(path, json)
                    .expectStatus()
                    .isEqualTo(503)
                    .expectHeader()
                    .valueEquals("Retry-After", "2")))
        .contains("the time for this request was over after", "\"code\":\"timeout\"");

    RequestRecord record = server().nextRecord();
    assertThat(record.status()).isEqualTo(503);
    assertThat(record.error()).contains("fiddler.engine.request-timeout");
    assertThat(record.finishReason()).isEqualTo("timeout");
    assertThat(record.promptTokens()).as("it never ran").isZero();
  }
}
