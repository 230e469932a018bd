package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// OpenAI's own client for Java, unchanged, on the running service.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OpenAiJavaClientTest {
  private static final String KEY = "a-key-of-seventeen";
  private static final String MODEL = "tiny-moe";

  private RunningService service;
  private OpenAIClient client;

  @BeforeAll
  void start(@TempDir Path home) {
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--fiddler.model.path=" + ToolModel.create(home),
            "--fiddler.model.name=" + MODEL,
            "--fiddler.security.admin-key=" + KEY);
    client = client(KEY);
  }

  @AfterAll
  void stop() {
    if (client != null) {
      client.close();
    }
    if (service != null) {
      service.close();
    }
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(service.root() + "/v1").apiKey(key).build();
  }

  @Test
  void models_areListed() {
    assertThat(client.models().list().data()).extracting(Model::id).containsExactly(MODEL);
    assertThat(client.models().retrieve(MODEL).ownedBy()).isEqualTo("fiddler");
  }

  @Test
  void completion_isTheSameWhole_andStreamed() {
    CompletionCreateParams asked =
        CompletionCreateParams.builder()
            .model(MODEL)
            .prompt("It was the best of")
            .maxTokens(16)
            .temperature(0.0)
            .build();

    Completion whole = client.completions().create(asked);
    StringBuilder streamed = new StringBuilder();
    try (StreamResponse<Completion> stream = client.completions().createStreaming(asked)) {
      stream.stream().forEach(part -> streamed.append(part.choices().getFirst().text()));
    }

    assertThat(whole.choices().getFirst().text()).isNotBlank().isEqualTo(streamed.toString());
    assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(16);
  }

  @Test
  void completion_hasChoicesAndLogprobs() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(MODEL)
                    .prompt(
                        CompletionCreateParams.Prompt.ofArrayOfStrings(List.of("ROMEO: I", "To")))
                    .n(2)
                    .seed(7)
                    .logprobs(2)
                    .maxTokens(4)
                    .stop("\n\n")
                    .build());

    assertThat(answer.choices()).hasSize(4);
    assertThat(answer.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow())
        .isNotEmpty();
  }

  @Test
  void chat_isAnsweredWhole() {
    ChatCompletion answer = client.chat().completions().create(chat("Who are you?").n(2).build());

    assertThat(answer.choices()).hasSize(2);
    assertThat(answer.choices().getFirst().message().content().orElseThrow()).isNotBlank();
    assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
  }

  @Test
  void chat_isStreamed_withItsUsage() {
    StringBuilder text = new StringBuilder();
    long[] tokens = {0};
    try (StreamResponse<ChatCompletionChunk> stream =
        client
            .chat()
            .completions()
            .createStreaming(
                chat("Who are you?")
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build())) {
      stream.stream()
          .forEach(chunk -> {
            chunk.choices().forEach(choice -> text.append(choice.delta().content().orElse("")));
            chunk.usage().ifPresent(usage -> tokens[0] = usage.completionTokens());
          });
    }

    assertThat(text).isNotBlank();
    assertThat(tokens[0]).isBetween(1L, 24L);
  }

  @Test
  void chat_keepsASchema() {
    ResponseFormatJsonSchema.JsonSchema.Schema schema =
        ResponseFormatJsonSchema.JsonSchema.Schema.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties",
                JsonValue.from(Map.of("loves", Map.of("enum", List.of("Juliet", "Rosaline")))))
            .putAdditionalProperty("required", JsonValue.from(List.of("loves")))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                chat("Whom does Romeo love?")
                    .maxCompletionTokens(128)
                    .responseFormat(
                        ResponseFormatJsonSchema.builder()
                            .jsonSchema(
                                ResponseFormatJsonSchema.JsonSchema.builder()
                                    .name("love")
                                    .strict(true)
                                    .schema(schema)
                                    .build())
                            .build())
                    .build());

    JsonNode json =
        JsonMapper.shared().readTree(answer.choices().getFirst().message().content().orElseThrow());
    assertThat(json.get("loves").asString()).isIn("Juliet", "Rosaline");
  }

  @Test
  void chat_callsATool() {
    ChatCompletionFunctionTool weather =
        ChatCompletionFunctionTool.builder()
            .function(
                FunctionDefinition.builder()
                    .name("weather")
                    .description("The weather of a city")
                    .parameters(
                        FunctionParameters.builder()
                            .putAdditionalProperty("type", JsonValue.from("object"))
                            .putAdditionalProperty(
                                "properties",
                                JsonValue.from(
                                    Map.of("city", Map.of("enum", List.of("Verona", "Mantua")))))
                            .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                            .build())
                    .build())
            .build();
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                chat("How is the weather in Verona?")
                    .maxCompletionTokens(128)
                    .addTool(weather)
                    .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                    .parallelToolCalls(false)
                    .build());

    ChatCompletion.Choice choice = answer.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertThat(call.function().name()).isEqualTo("weather");
    assertThat(JsonMapper.shared().readTree(call.function().arguments()).get("city").asString())
        .isIn("Verona", "Mantua");
  }

  @Test
  void errors_areThoseOfTheClient() {
    assertThatThrownBy(() ->
            client
                .completions()
                .create(
                    CompletionCreateParams.builder()
                        .model(MODEL)
                        .prompt("Hi")
                        .temperature(3.0)
                        .build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refusal -> {
              assertThat(refusal.param()).contains("temperature");
              assertThat(refusal.getMessage()).contains("temperature must be a number in [0, 2]");
            });
    assertThatThrownBy(() ->
            client
                .completions()
                .create(CompletionCreateParams.builder().model("gpt-5").prompt("Hi").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            refusal -> assertThat(refusal.code()).contains("model_not_found"));
    OpenAIClient stranger = client("another-key-entirely");
    assertThatThrownBy(() -> stranger.models().list()).isInstanceOf(UnauthorizedException.class);
    stranger.close();
  }

  private static ChatCompletionCreateParams.Builder chat(String question) {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .addSystemMessage("Be brief.")
        .addUserMessage(question)
        .maxCompletionTokens(24)
        .temperature(0.0);
  }
}
