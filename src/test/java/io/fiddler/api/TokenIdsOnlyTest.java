package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A model whose directory has no tokenizer.
class TokenIdsOnlyTest extends ScriptedTest {

  @Override
  ApiServer start() {
    return ApiServer.start(engine, null, ApiOptions.DEFAULT);
  }

  @Test
  void text_isRefused_whenThereIsNoTokenizer() {
    complete("{'prompt':['Hi']}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            "{\"error\":{\"message\":\"prompt must be token ids, got text: the model served has no tokenizer\","
                + "\"type\":\"invalid_request_error\",\"param\":\"prompt\",\"code\":\"no_tokenizer\"}}");
  }

  @Test
  void answer_carriesTokenIdsAndNoText_whenThereIsNoTokenizer() {
    JsonNode choice =
        completed("{'prompt':[1,2],'max_tokens':3,'echo':true,'logprobs':1}").get("choices").get(0);

    assertThat(choice.get("text").stringValue()).isEmpty();
    assertThat(choice.get("token_ids").size()).isEqualTo(3);
    assertThat(choice.get("prompt_token_ids").toString()).isEqualTo("[1,2]");
    assertThat(choice.get("logprobs").get("tokens").get(0).stringValue()).isEqualTo("token_id:1");
  }

  @Test
  void stream_carriesEachTokenAtOnce_whenThereIsNoTokenizer() {
    var chunks = streamed("{'prompt':[1,2],'max_tokens':3,'stream':true}");

    assertThat(chunks).hasSize(5);
    assertThat(chunks.get(1).get("choices").get(0).get("token_ids").size()).isEqualTo(1);
  }
}
