package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/// Chats with the real engine and tiny-moe's own template.
class ChatTest extends ApiTestBase {
  private static final String HELLO = "'messages':[{'role':'user','content':'Hello there'}]";

  private static final String MOOD =
      "\\s*\\{\\s*\"mood\"\\s*:\\s*\"(good|bad)\"\\s*,\\s*\"sure\"\\s*:\\s*(true|false)\\s*\\}\\s*";

  private final TinyMoe model = new TinyMoe();

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void closeModel() {
    model.close();
  }

  @Test
  void chat_answersInOpenAisForm_whenAsked() {
    JsonNode answer = chatted("{%s,'max_tokens':5,'temperature':0}".formatted(HELLO));

    assertThat(answer.get("object").stringValue()).isEqualTo("chat.completion");
    assertThat(answer.get("id").stringValue()).startsWith("chatcmpl-");
    assertThat(answer.get("model").stringValue()).isEqualTo("tiny-moe");
    assertThat(answer.get("choices")).hasSize(1);
    JsonNode choice = answer.get("choices").get(0);
    assertThat(choice.get("index").intValue()).isZero();
    assertThat(choice.get("message").get("role").stringValue()).isEqualTo("assistant");
    assertThat(choice.get("message").get("content").stringValue()).isNotEmpty();
    assertThat(choice.get("message").get("refusal").isNull()).isTrue();
    assertThat(choice.get("message").has("tool_calls")).isFalse();
    assertThat(choice.get("logprobs").isNull()).isTrue();
    assertThat(choice.get("finish_reason").stringValue()).isEqualTo("length");
    assertThat(answer.get("usage").get("completion_tokens").intValue()).isEqualTo(5);
    assertThat(answer.get("usage").get("prompt_tokens_details").get("cached_tokens").intValue())
        .isNotNegative();
  }

  @Test
  void chat_isTheCompletionOfItsPrompt() {
    JsonNode prompt = applied("{%s}".formatted(HELLO));
    JsonNode completion =
        completed("{'prompt':%s,'max_tokens':12,'temperature':0}".formatted(prompt.get("tokens")));
    JsonNode chat = chatted("{%s,'max_completion_tokens':12,'temperature':0}".formatted(HELLO));

    assertThat(chat.get("choices").get(0).get("message").get("content"))
        .isEqualTo(completion.get("choices").get(0).get("text"));
    assertThat(chat.get("usage").get("prompt_tokens"))
        .isEqualTo(completion.get("usage").get("prompt_tokens"));
  }

  @Test
  void template_givesThePrompt_asTheModelReadsIt() {
    JsonNode applied =
        applied(
            "{'messages':[{'role':'developer','content':'Be brief'},{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]}");

    assertThat(applied.get("prompt").stringValue())
        .isEqualTo(
            "<|im_start|>system\nBe brief<|im_end|>\n<|im_start|>user\na\nb<|im_end|>\n<|im_start|>assistant\n");
    assertThat(applied.get("tokens").get(0).intValue()).isEqualTo(3);
    assertThat(applied.get("count").intValue()).isEqualTo(applied.get("tokens").size());
    assertThat(applied.get("max_model_len").intValue()).isEqualTo(1024);
  }

  @Test
  void template_leavesTheAnswerOut_whenAsked() {
    assertThat(
            applied("{%s,'add_generation_prompt':false}".formatted(HELLO))
                .get("prompt")
                .stringValue())
        .endsWith("<|im_end|>\n");
  }

  @Test
  void specialTokens_stayText_whereverAMessageHoldsThem() {
    List<Integer> plain = ids(applied("{'messages':[{'role':'user','content':'x'}]}"));
    for (String special : List.of("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")) {
      JsonNode applied =
          applied(
              "{'messages':[{'role':'system','content':'%1$s'},{'role':'user','content':'a%1$sb','name':'n%1$s'},{'role':'assistant','content':'%1$s%1$s'},{'role':'user','content':[{'type':'text','text':' %1$s '}]}]}"
                  .formatted(special));
      List<Integer> ids = ids(applied);

      assertThat(ids).doesNotContain(0, 1, 2);
      assertThat(ids.stream().filter(id -> id == 3)).hasSize(5);
      assertThat(ids.stream().filter(id -> id == 4)).hasSize(4);
      assertThat(applied.get("prompt").stringValue()).contains("a" + special + "b");
    }
    assertThat(plain.stream().filter(id -> id == 3)).hasSize(2);
  }

  @Test
  void stream_beginsWithTheRole_andAddsUpToTheWholeAnswer() {
    String request = "{%s,'max_tokens':9,'seed':3,'n':2%s}";
    JsonNode whole = chatted(request.formatted(HELLO, ""));
    List<JsonNode> chunks =
        chunks(request.formatted(HELLO, ",'stream':true,'stream_options':{'include_usage':true}"));

    for (int choice = 0; choice < 2; choice++) {
      List<JsonNode> parts = parts(chunks, choice);
      assertThat(parts.getFirst().get("delta").get("role").stringValue()).isEqualTo("assistant");
      assertThat(parts.stream().filter(part -> part.get("delta").has("role"))).hasSize(1);
      assertThat(parts.getLast().get("delta")).isEmpty();
      assertThat(parts.getLast().get("finish_reason").stringValue()).isEqualTo("length");
      assertThat(parts.stream().filter(part -> !part.get("finish_reason").isNull())).hasSize(1);
      assertThat(content(parts))
          .isEqualTo(whole.get("choices").get(choice).get("message").get("content").stringValue());
    }
    assertThat(chunks)
        .allSatisfy(chunk ->
            assertThat(chunk.get("object").stringValue()).isEqualTo("chat.completion.chunk"));
    JsonNode last = chunks.getLast();
    assertThat(last.get("choices")).isEmpty();
    assertThat(last.get("usage")).isEqualTo(whole.get("usage"));
    assertThat(last.get("fiddler").get("first_token_ms").doubleValue()).isPositive();
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
  }

  @Test
  void logprobs_nameEveryToken_withItsBytes() {
    JsonNode choice =
        chatted(
                "{%s,'max_tokens':6,'temperature':0,'logprobs':true,'top_logprobs':3}"
                    .formatted(HELLO))
            .get("choices")
            .get(0);

    JsonNode content = choice.get("logprobs").get("content");
    assertThat(content).hasSize(6);
    StringBuilder text = new StringBuilder();
    for (JsonNode token : content) {
      assertThat(token.get("logprob").doubleValue()).isNotPositive();
      assertThat(token.get("top_logprobs")).hasSize(3);
      assertThat(token.get("top_logprobs").get(0).get("token")).isEqualTo(token.get("token"));
      byte[] bytes = new byte[token.get("bytes").size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) token.get("bytes").get(i).intValue();
      }
      text.append(new String(bytes, UTF_8));
    }
    assertThat(text.toString()).isEqualTo(choice.get("message").get("content").stringValue());
    assertThat(
            chatted("{%s,'max_tokens':2,'logprobs':true}".formatted(HELLO))
                .get("choices")
                .get(0)
                .get("logprobs")
                .get("content")
                .get(0)
                .get("top_logprobs"))
        .isEmpty();
  }

  @Test
  void answer_endsBeforeAStopString_acrossTokens() {
    String text =
        chatted("{%s,'max_tokens':30,'temperature':0}".formatted(HELLO))
            .get("choices")
            .get(0)
            .get("message")
            .get("content")
            .stringValue();
    String stop = text.substring(5, 12);

    JsonNode stopped =
        chatted(
                "{%s,'max_tokens':30,'temperature':0,'stop':[%s,'never']}"
                    .formatted(HELLO, quoted(stop)))
            .get("choices")
            .get(0);

    assertThat(stopped.get("message").get("content").stringValue())
        .isEqualTo(text.substring(0, text.indexOf(stop)));
    assertThat(stopped.get("finish_reason").stringValue()).isEqualTo("stop");
  }

  @Test
  void answer_keepsItsSchema_onBothRoutes() {
    String format =
        "'response_format':{'type':'json_schema','json_schema':{'name':'mood','schema':{'type':'object','properties':{'mood':{'enum':['good','bad']},'sure':{'type':'boolean'}},'required':['mood','sure'],'additionalProperties':false}}}";
    for (int seed = 0; seed < 3; seed++) {
      JsonNode chat =
          chatted("{%s,'max_tokens':400,'seed':%d,%s}".formatted(HELLO, seed, format))
              .get("choices")
              .get(0);
      JsonNode completion =
          completed("{'prompt':'My mood:','max_tokens':400,'seed':%d,%s}".formatted(seed, format))
              .get("choices")
              .get(0);

      assertThat(chat.get("finish_reason").stringValue()).isEqualTo("stop");
      assertThat(chat.get("message").get("content").stringValue()).matches(MOOD);
      assertThat(completion.get("finish_reason").stringValue()).isEqualTo("stop");
      assertThat(completion.get("text").stringValue()).matches(MOOD);
    }
  }

  @Test
  void answer_isAnObject_whenTheFormatIsJson() {
    String text =
        chatted(
                "{%s,'max_tokens':20,'seed':7,'response_format':{'type':'json_object'}}"
                    .formatted(HELLO))
            .get("choices")
            .get(0)
            .get("message")
            .get("content")
            .stringValue();

    assertThat(text.strip()).startsWith("{");
  }

  @Test
  void headers_sayWhatItTook() {
    WebTestClient.ResponseSpec answer =
        post("/v1/chat/completions", "{%s,'max_tokens':3}".formatted(HELLO));
    answer
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueMatches("X-Fiddler-Placement", "\\d+")
        .expectHeader()
        .valueMatches("X-Fiddler-Cached-Tokens", "\\d+")
        .expectHeader()
        .valueMatches("X-Fiddler-Streamed-Bytes", "\\d+")
        .expectHeader()
        .valueMatches("Server-Timing", ".*ttft;dur=\\d+\\.\\d{3}, cpu;dur=\\d+\\.\\d{3}");
    assertThat(text(answer)).contains("chatcmpl-");
  }

  private JsonNode chatted(String json) {
    return posted("/v1/chat/completions", json);
  }

  private JsonNode applied(String json) {
    return posted("/apply-template", json);
  }

  private List<JsonNode> chunks(String json) {
    return streamed("/v1/chat/completions", json);
  }

  private static List<JsonNode> parts(List<JsonNode> chunks, int choice) {
    return chunks.stream()
        .flatMap(chunk -> StreamSupport.stream(chunk.get("choices").spliterator(), false))
        .filter(part -> part.get("index").intValue() == choice)
        .toList();
  }

  private static String content(List<JsonNode> parts) {
    return parts.stream()
        .map(part -> part.get("delta").path("content").asString(""))
        .collect(Collectors.joining());
  }

  private static List<Integer> ids(JsonNode applied) {
    return StreamSupport.stream(applied.get("tokens").spliterator(), false)
        .map(JsonNode::intValue)
        .toList();
  }
}
