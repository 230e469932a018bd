package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import tools.jackson.databind.json.JsonMapper;

/// Spring AI's chat model for OpenAI, unchanged, on the running service.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SpringAiClientTest {
  private static final String KEY = "a-key-of-seventeen";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private RunningService service;

  @BeforeAll
  void start(@TempDir Path home) {
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--fiddler.model.path=" + ToolModel.create(home),
            "--fiddler.model.name=tiny-moe",
            "--fiddler.security.admin-key=" + KEY);
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  private OpenAiChatOptions.Builder options() {
    return OpenAiChatOptions.builder()
        .baseUrl(service.root() + "/v1")
        .apiKey(KEY)
        .model("tiny-moe")
        .temperature(0.0)
        .maxTokens(24);
  }

  private static OpenAiChatModel model(OpenAiChatOptions.Builder options) {
    return OpenAiChatModel.builder().options(options.build()).build();
  }

  private static Prompt prompt() {
    return new Prompt(
        List.of(
            new SystemMessage("Be brief."),
            new UserMessage("Hi"),
            new AssistantMessage("Hello."),
            new UserMessage("Who are you?")));
  }

  @Test
  void chat_isTheSameWhole_andStreamed() {
    OpenAiChatModel model = model(options());

    ChatResponse whole = model.call(prompt());
    List<ChatResponse> parts =
        Objects.requireNonNull(model.stream(prompt()).collectList().block(LIMIT));

    String text = answer(whole).getText();
    assertThat(text).isNotBlank();
    assertThat(whole.getMetadata().getUsage().getCompletionTokens()).isBetween(1, 24);
    StringBuilder streamed = new StringBuilder();
    for (ChatResponse part : parts) {
      if (part.getResult() != null && answer(part).getText() != null) {
        streamed.append(answer(part).getText());
      }
    }
    assertThat(streamed).hasToString(text);
  }

  private static AssistantMessage answer(ChatResponse response) {
    return Objects.requireNonNull(response.getResult()).getOutput();
  }

  @Test
  void chat_callsATool() {
    ToolCallback weather = new Weather();
    OpenAiChatModel model =
        model(
            options()
                .maxTokens(128)
                .toolCallbacks(List.of(weather))
                .toolChoice("required")
                .parallelToolCalls(false));

    AssistantMessage message =
        answer(model.call(new Prompt("How is the weather in Verona?", model.getOptions())));

    assertThat(message.getToolCalls()).hasSize(1);
    AssistantMessage.ToolCall call = message.getToolCalls().getFirst();
    assertThat(call.name()).isEqualTo("weather");
    assertThat(JsonMapper.shared().readTree(call.arguments()).get("city").asString())
        .isIn("Verona", "Mantua");
  }

  private static final class Weather implements ToolCallback {
    @Override
    public ToolDefinition getToolDefinition() {
      return ToolDefinition.builder()
          .name("weather")
          .description("The weather of a city")
          .inputSchema(
              """
              {"type": "object", "properties": {"city": {"enum": ["Verona", "Mantua"]}},
               "required": ["city"], "additionalProperties": false}
              """)
          .build();
    }

    @Override
    public String call(String arguments) {
      return "It rains.";
    }
  }
}
