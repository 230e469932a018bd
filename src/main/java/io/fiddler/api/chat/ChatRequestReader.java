package io.fiddler.api.chat;

import io.fiddler.api.chat.ChatRequest.MaxTokens;
import io.fiddler.api.chat.message.MessageReader;
import io.fiddler.api.chat.message.Messages;
import io.fiddler.api.chat.tool.ToolReader;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.Candidates;
import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.generation.request.ResponseFormat;
import io.fiddler.api.generation.request.SamplingReader;
import io.fiddler.api.generation.request.StopReader;
import io.fiddler.api.generation.request.StreamFields;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import io.fiddler.constraint.schema.JsonGrammars;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads the body of `POST /v1/chat/completions`: OpenAI's schema and what vLLM adds to it. Unknown
/// fields are ignored; known ones that cannot be honoured are refused.
final class ChatRequestReader {
  private static final int MAX_N = 128;
  private static final int MAX_TOP_LOGPROBS = 20;
  private static final String MAX_TOKENS = "max_tokens";
  private static final String VARIABLES = "chat_template_kwargs";
  private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

  private final int maxChoices;
  private final RequestLimits limits;
  private final JsonGrammars grammars;

  /// @param grammars makes what answers are held to
  ChatRequestReader(GenerationOptions options, JsonGrammars grammars) {
    this.maxChoices = options.maxChoices();
    this.limits = options.limits();
    this.grammars = grammars;
  }

  /// The request.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  ChatRequest read(byte[] body) {
    JsonFields fields = ApiJson.readObject(body);
    UnsupportedChatFields.refuse(fields);
    fields.string("user");
    Messages messages = MessageReader.read(fields, limits);
    checkLength(fields, messages);
    return new ChatRequest(
        fields.string("model"),
        messages,
        ToolReader.read(fields),
        variables(fields),
        fields.flag("add_generation_prompt", true),
        maxTokens(fields),
        ResponseFormat.read(fields, grammars),
        settings(fields));
  }

  /// What else the template may write into the prompt counts as it stands in the body.
  private void checkLength(JsonFields fields, Messages messages) {
    long characters = messages.characters();
    for (String name : List.of("tools", VARIABLES)) {
      JsonNode value = fields.value(name);
      if (value != null) {
        characters += value.toString().length();
        limits.checkCharacters(
            name, "messages, tools and %s together".formatted(VARIABLES), characters);
      }
    }
  }

  private GenerationSettings settings(JsonFields fields) {
    StreamFields stream = StreamFields.read(fields);
    return new GenerationSettings(
        SamplingReader.read(fields, limits.maxLogitBiases()),
        Candidates.sampled(choices(fields)),
        StopReader.read(fields, limits.maxStops()),
        logprobs(fields),
        false,
        stream.stream(),
        stream.includeUsage(),
        fields.flag("ignore_eos", false),
        fields.flag("return_token_ids", false));
  }

  private int choices(JsonFields fields) {
    int n = fields.integer("n", 1, MAX_N, 1);
    if (n > maxChoices) {
      throw JsonFields.wrong(
          "n", "A request has at most %d choices, got %d".formatted(maxChoices, n));
    }
    return n;
  }

  private static int logprobs(JsonFields fields) {
    boolean wanted = fields.flag("logprobs", false);
    Long top = fields.integer("top_logprobs", 0, MAX_TOP_LOGPROBS);
    if (top != null && top > 0 && !wanted) {
      throw JsonFields.wrong("top_logprobs", "top_logprobs is only for logprobs = true");
    }
    return wanted ? (top == null ? 0 : top.intValue()) : -1;
  }

  private static MaxTokens maxTokens(JsonFields fields) {
    Integer older = limit(fields, MAX_TOKENS);
    Integer newer = limit(fields, MAX_COMPLETION_TOKENS);
    if (older != null && newer != null && !older.equals(newer)) {
      throw JsonFields.wrong(
          MAX_TOKENS,
          "max_tokens and max_completion_tokens say the same and must be equal, got %d and %d"
              .formatted(older, newer));
    }
    return newer == null && older != null
        ? new MaxTokens(MAX_TOKENS, older)
        : new MaxTokens(MAX_COMPLETION_TOKENS, newer);
  }

  private static @Nullable Integer limit(JsonFields fields, String name) {
    Long value = fields.integer(name, 1, Integer.MAX_VALUE);
    return value == null ? null : value.intValue();
  }

  private static Map<String, JsonNode> variables(JsonFields fields) {
    JsonFields given = fields.object(VARIABLES);
    Map<String, JsonNode> variables = new HashMap<>();
    if (given != null) {
      for (Map.Entry<String, JsonNode> entry : given.entries()) {
        if (entry.getKey().equals("messages") || entry.getKey().equals("tools")) {
          throw ApiError.invalid(
                  given.place(entry.getKey()),
                  "invalid_value",
                  "%s must be given as %s".formatted(given.place(entry.getKey()), entry.getKey()))
              .asException();
        }
        variables.put(entry.getKey(), entry.getValue());
      }
    }
    return variables;
  }
}
