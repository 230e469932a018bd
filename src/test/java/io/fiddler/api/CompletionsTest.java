package io.fiddler.api;

import org.junit.jupiter.api.Test;

class CompletionsTest extends ApiTestBase {
  private final ScriptedEngine engine = new ScriptedEngine();

  @Override
  ApiServer start() {
    return ApiServer.start(engine, new ByteTokenizer(), ApiOptions.DEFAULT);
  }

  @Test
  void completion_answersText_whenPromptIsText() {
    complete("{\"prompt\":\"Hi\",\"max_tokens\":4,\"seed\":1}")
        .expectBody(String.class)
        .consumeWith(r -> System.out.println(r));
  }

  @Test
  void completion_streams() {
    complete(
            "{\"prompt\":\"Hi\",\"max_tokens\":4,\"seed\":1,\"stream\":true,\"stream_options\":{\"include_usage\":true}}")
        .expectBody(String.class)
        .consumeWith(r -> System.out.println(r));
  }
}
