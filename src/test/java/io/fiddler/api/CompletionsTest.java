package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What completions do, over the real engine and model.
class CompletionsTest extends ApiTestBase {
  /// A request that generates without an end, so that lengths are known.
  private static final String TEN = "'max_tokens':10,'ignore_eos':true,'seed':5";

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
  void completion_hasOpenAisShape_whenPromptIsText() {
    JsonNode body = completed("{'model':'tiny-moe','prompt':'Hi'," + TEN + "}");

    assertThat(body.propertyNames())
        .containsExactly(
            "id", "object", "created", "model", "system_fingerprint", "choices", "usage");
    assertThat(body.get("id").stringValue()).startsWith("cmpl-");
    assertThat(body.get("object").stringValue()).isEqualTo("text_completion");
    assertThat(body.get("created").longValue()).isGreaterThan(1_700_000_000L);
    assertThat(body.get("model").stringValue()).isEqualTo("tiny-moe");
    assertThat(body.get("system_fingerprint").stringValue()).matches("fp_[0-9a-f]{12}_p\\d+");
    JsonNode choice = body.get("choices").get(0);
    assertThat(choice.propertyNames())
        .containsExactly("text", "index", "logprobs", "finish_reason");
    assertThat(choice.get("finish_reason").stringValue()).isEqualTo("length");
    JsonNode usage = body.get("usage");
    assertThat(usage.get("completion_tokens").intValue()).isEqualTo(10);
    assertThat(usage.get("total_tokens").intValue())
        .isEqualTo(usage.get("prompt_tokens").intValue() + 10);
  }

  @Test
  void completion_carriesTimingIdAndPlacement_whenItEnds() {
    complete("{'prompt':'Hi'," + TEN + "}")
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueMatches(
            "Server-Timing",
            "queue;dur=\\d+\\.\\d{3}, prefill;dur=\\d+\\.\\d{3}, hit-rate;desc=\"[01]\\.\\d{3}\""
                + ", ttft;dur=\\d+\\.\\d{3}, cpu;dur=\\d+\\.\\d{3}")
        .expectHeader()
        .valueMatches("X-Fiddler-Placement", "\\d+")
        .expectHeader()
        .value("X-Request-Id", id -> assertThat(UUID.fromString(id).version()).isEqualTo(7));
  }

  @Test
  void completion_generatesSixteenTokens_whenMaxTokensIsAbsent() {
    JsonNode body = completed("{'prompt':'Hi','ignore_eos':true}");

    assertThat(body.get("usage").get("completion_tokens").intValue()).isEqualTo(16);
  }

  @Test
  void completion_repeatsItself_whenSeedIsTheSame() {
    String request = "{'prompt':'Hi'," + TEN + "}";

    assertThat(textOf(completed(request))).isEqualTo(textOf(completed(request)));
  }

  @Test
  void choices_areNumberedPromptByPrompt_whenSeveralPromptsAndN() {
    JsonNode both = completed("{'prompt':['Hi','Ho'],'n':2,'return_token_ids':true," + TEN + "}");
    JsonNode second = completed("{'prompt':'Ho','n':2,'return_token_ids':true," + TEN + "}");

    List<Integer> indices = new ArrayList<>();
    both.get("choices").forEach(choice -> indices.add(choice.get("index").intValue()));
    assertThat(indices).containsExactly(0, 1, 2, 3);
    assertThat(both.get("choices").get(0).get("token_ids"))
        .as("each choice has a seed of its own")
        .isNotEqualTo(both.get("choices").get(1).get("token_ids"));
    assertThat(both.get("choices").get(2).get("token_ids"))
        .as("a prompt among others is answered as it is alone")
        .isEqualTo(second.get("choices").get(0).get("token_ids"));
    assertThat(both.get("choices").get(3).get("prompt_token_ids"))
        .isEqualTo(second.get("choices").get(1).get("prompt_token_ids"));
    assertThat(both.get("usage").get("completion_tokens").intValue()).isEqualTo(40);
    assertThat(second.get("usage").get("prompt_tokens").intValue())
        .as("a prompt counts once")
        .isEqualTo(second.get("choices").get(0).get("prompt_token_ids").size());
  }

  @Test
  void completion_isTheSame_whenPromptIsGivenAsItsTokenIds() {
    JsonNode text = completed("{'prompt':'Hi','return_token_ids':true," + TEN + "}");
    JsonNode ids = text.get("choices").get(0).get("prompt_token_ids");

    assertThat(completed("{'prompt':" + ids + "," + TEN + "}").get("choices").get(0).get("text"))
        .isEqualTo(text.get("choices").get(0).get("text"));
    JsonNode lists = completed("{'prompt':[" + ids + "," + ids + "]," + TEN + "}");
    assertThat(lists.get("choices").size()).isEqualTo(2);
    assertThat(textOf(lists)).isEqualTo(textOf(text));
  }

  @Test
  void stream_givesTheSameText_whenSeedIsTheSame() {
    String request = "'prompt':['Hi','Ho'],'n':2," + TEN;
    JsonNode whole = completed("{" + request + "}");
    List<JsonNode> chunks = streamed("{" + request + ",'stream':true}");

    for (int choice = 0; choice < 4; choice++) {
      assertThat(textOf(chunks, choice))
          .isEqualTo(whole.get("choices").get(choice).get("text").stringValue());
    }
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.has("usage")).isFalse());
    assertThat(chunks.stream().map(chunk -> chunk.get("id")).distinct()).hasSize(1);
  }

  @Test
  void stream_endsEachChoiceWithAReason_thenUsage_whenAskedFor() {
    List<JsonNode> chunks =
        streamed(
            "{'prompt':'Hi','stream':true,'stream_options':{'include_usage':true}," + TEN + "}");

    JsonNode last = chunks.getLast();
    assertThat(last.get("choices").isEmpty()).isTrue();
    assertThat(last.get("usage").get("completion_tokens").intValue()).isEqualTo(10);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
    JsonNode end = chunks.get(chunks.size() - 2).get("choices").get(0);
    assertThat(end.get("finish_reason").stringValue()).isEqualTo("length");
    assertThat(chunks.subList(0, chunks.size() - 2))
        .allSatisfy(chunk ->
            assertThat(chunk.get("choices").get(0).get("finish_reason").isNull()).isTrue());
  }

  @Test
  void stream_carriesTokenIdsAndLogprobs_whenAskedFor() {
    List<JsonNode> chunks =
        streamed("{'prompt':'Hi','stream':true,'return_token_ids':true,'logprobs':2," + TEN + "}");

    List<Integer> sizes = new ArrayList<>();
    for (JsonNode chunk : chunks) {
      JsonNode choice = chunk.get("choices").get(0);
      sizes.add(choice.get("token_ids").size());
      if (choice.get("logprobs").isObject()) {
        assertThat(choice.get("logprobs").get("tokens").size())
            .isEqualTo(choice.get("token_ids").size());
      }
    }
    assertThat(sizes).startsWith(0, 1, 1).endsWith(1, 0).hasSize(12);
    assertThat(chunks.getFirst().get("choices").get(0).get("prompt_token_ids").isEmpty()).isFalse();
  }

  @Test
  void completion_endsBeforeTheStopString_whenItAppears() {
    String text = textOf(completed("{'prompt':'Hi'," + TEN + "}"));
    String stop = text.substring(3, 6);
    int first = text.indexOf(stop);

    JsonNode stopped =
        completed("{'prompt':'Hi','stop':['never seen'," + quoted(stop) + "]," + TEN + "}");
    List<JsonNode> chunks =
        streamed("{'prompt':'Hi','stream':true,'stop':" + quoted(stop) + "," + TEN + "}");

    assertThat(textOf(stopped)).isEqualTo(text.substring(0, first));
    assertThat(stopped.get("choices").get(0).get("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(stopped.get("usage").get("completion_tokens").intValue()).isLessThan(10);
    assertThat(textOf(chunks, 0)).isEqualTo(text.substring(0, first));
    assertThat(chunks.getLast().get("choices").get(0).get("finish_reason").stringValue())
        .isEqualTo("stop");
  }

  @Test
  void completion_beginsWithThePrompt_whenEchoed() {
    JsonNode plain = completed("{'prompt':'Hi there'," + TEN + "}");
    JsonNode echoed = completed("{'prompt':'Hi there','echo':true," + TEN + "}");
    JsonNode only = completed("{'prompt':'Hi there','echo':true,'max_tokens':0}");

    assertThat(textOf(echoed)).isEqualTo("Hi there" + textOf(plain));
    assertThat(textOf(only)).isEqualTo("Hi there");
    assertThat(only.get("choices").get(0).get("finish_reason").stringValue()).isEqualTo("length");
    assertThat(only.get("usage").get("completion_tokens").intValue()).isZero();
  }

  @Test
  void logprobs_coverPromptAndCompletion_whenEchoed() {
    JsonNode body =
        completed(
            "{'prompt':'Hi there','echo':true,'logprobs':3,'return_token_ids':true," + TEN + "}");
    JsonNode choice = body.get("choices").get(0);
    JsonNode logprobs = choice.get("logprobs");
    int all = choice.get("prompt_token_ids").size() + 10;

    for (String list : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
      assertThat(logprobs.get(list).size()).as(list).isEqualTo(all);
    }
    assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
    assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
    for (int i = 1; i < all; i++) {
      assertThat(logprobs.get("token_logprobs").get(i).doubleValue()).isNotPositive();
      assertThat(logprobs.get("top_logprobs").get(i).size()).isBetween(1, 4);
      assertThat(logprobs.get("text_offset").get(i).intValue())
          .isGreaterThanOrEqualTo(logprobs.get("text_offset").get(i - 1).intValue());
    }
    assertThat(logprobs.get("text_offset").get(all - 10).intValue()).isEqualTo("Hi there".length());
  }

  @Test
  void requests_areAnsweredAsAlone_whenManyRunAtOnce() throws Exception {
    List<JsonNode> alone = new ArrayList<>();
    for (int seed = 0; seed < 12; seed++) {
      alone.add(completed(seeded(seed)).get("choices"));
    }
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> together = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        int seed = i;
        together.add(
            clients.submit(() ->
                seed % 2 == 0
                    ? textOf(completed(seeded(seed)))
                    : textOf(streamed(seeded(seed).replace("}", ",'stream':true}")), 0)));
      }
      for (int seed = 0; seed < 12; seed++) {
        assertThat(together.get(seed).get())
            .as("seed %d", seed)
            .isEqualTo(alone.get(seed).get(0).get("text").stringValue());
      }
    }
  }

  @Test
  void generation_ends_whenItsClientLeaves() throws Exception {
    String longest = "{'prompt':'Hi','max_tokens':1000,'ignore_eos':true,'stream':true}";
    try (RawConnection connection = RawConnection.complete(server().port(), longest)) {
      connection.readUntil("\"text\"");
    }

    RequestRecord request = server().nextRecord();
    assertThat(request.status()).isEqualTo(499);
    assertThat(request.finishReason()).isEqualTo("cancelled");
    assertThat(request.completionTokens()).isBetween(1, 999);
  }

  @Test
  void unknownFields_areIgnored_whenSent() {
    completed("{'prompt':'Hi','no_such_field':{'a':1},'user':'u','suffix':null," + TEN + "}");
  }

  @Test
  void requestId_isEchoed_whenSane() {
    client()
        .get()
        .uri("/v1/models")
        .header("X-Request-Id", "build-42:a.b")
        .exchange()
        .expectHeader()
        .valueEquals("X-Request-Id", "build-42:a.b");
    client()
        .get()
        .uri("/v1/models")
        .header("X-Request-Id", "<script>")
        .exchange()
        .expectHeader()
        .value("X-Request-Id", id -> assertThat(id).matches("[0-9a-f-]{36}"));
  }

  @Test
  void request_isLoggedOnce_whenItSucceeds() throws InterruptedException {
    JsonNode body = completed("{'prompt':['Hi','Ho'],'n':2,'temperature':0.5," + TEN + "}");
    RequestRecord request = server().nextRecord();

    assertThat("cmpl-" + request.id()).isEqualTo(body.get("id").stringValue());
    assertThat(request.route()).isEqualTo("/v1/completions");
    assertThat(request.status()).isEqualTo(200);
    assertThat(request.stream()).isFalse();
    assertThat(request.finishReason()).isEqualTo("length");
    assertThat(request.promptTokens()).isEqualTo(body.get("usage").get("prompt_tokens").intValue());
    assertThat(request.completionTokens()).isEqualTo(40);
    assertThat(request.fingerprint()).isNotBlank();
    assertThat(request.device()).isNotBlank();
    assertThat(request.queueMillis()).isNotNegative();
    assertThat(request.firstTokenMillis()).isPositive();
    assertThat(request.totalMillis()).isPositive();
    assertThat(request.hitRate()).isBetween(0.0, 1.0);
    assertThat(request.firstPlacementVersion()).isNotNull();
    assertThat(request.lastPlacementVersion()).isNotNull();
    assertThat(request.sampling()).contains("\"temperature\":0.5", "\"seed\":5", "\"n\":2");
    assertThat(request.error()).isNull();
    assertThat(request.prompt()).as("texts are not logged by default").isNull();
    assertThat(request.output()).isNull();
    assertThat(server().hasRecord()).isFalse();
  }

  @Test
  void models_listTheOneServed_whenReady() {
    JsonNode list = json("/v1/models");

    assertThat(list.get("object").stringValue()).isEqualTo("list");
    assertThat(list.get("data").size()).isEqualTo(1);
    JsonNode card = list.get("data").get(0);
    assertThat(card.get("id").stringValue()).isEqualTo("tiny-moe");
    assertThat(card.get("object").stringValue()).isEqualTo("model");
    assertThat(card.get("max_model_len").intValue()).isPositive();
    assertThat(json("/v1/models/tiny-moe")).isEqualTo(card);
  }

  private static String seeded(int seed) {
    return "{'prompt':'Hi','max_tokens':10,'ignore_eos':true,'seed':" + seed + "}";
  }

  private static String textOf(JsonNode body) {
    return body.get("choices").get(0).get("text").stringValue();
  }
}
