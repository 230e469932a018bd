package io.fiddler.api.completion.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the body of `POST /v1/completions`: OpenAI's schema and what vLLM adds to it. Unknown
/// fields are ignored; known ones that cannot be honoured are refused.
public final class CompletionRequestReader {
  private static final int MAX_N = 128;

  /// vLLM's; OpenAI stops at 5.
  private static final int MAX_LOGPROBS = 20;

  /// More than OpenAI's 4; with the next one it bounds the work of the stop matcher.
  private static final int MAX_STOPS = 16;

  private static final int MAX_STOP_LENGTH = 256;

  private final int maxChoices;

  /// @param maxChoices most choices of one request
  public CompletionRequestReader(int maxChoices) {
    this.maxChoices = maxChoices;
  }

  /// The request.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  public CompletionRequest read(byte[] body) {
    JsonFields fields = ApiJson.readObject(body);
    UnsupportedFields.refuse(fields);
    List<Prompt> prompts = PromptReader.read(fields);
    int n = choicesAPrompt(fields, prompts.size());
    boolean stream = fields.flag("stream", false);
    Long maxTokens = fields.integer("max_tokens", 0, Integer.MAX_VALUE);
    fields.string("user");
    return new CompletionRequest(
        fields.string("model"),
        prompts,
        maxTokens == null ? null : maxTokens.intValue(),
        SamplingReader.read(fields),
        n,
        stops(fields),
        fields.integer("logprobs", 0, MAX_LOGPROBS, -1),
        fields.flag("echo", false),
        stream,
        includeUsage(fields, stream),
        fields.flag("ignore_eos", false),
        fields.flag("return_token_ids", false));
  }

  private int choicesAPrompt(JsonFields fields, int prompts) {
    int n = fields.integer("n", 1, MAX_N, 1);
    int bestOf = fields.integer("best_of", 1, MAX_N, n);
    if (bestOf != n) {
      throw ApiError.invalid(
              "best_of",
              "unsupported_value",
              "best_of must be equal to n (%d), got %d: choosing the best of more is not supported"
                  .formatted(n, bestOf))
          .asException();
    }
    if ((long) prompts * n > maxChoices) {
      throw JsonFields.wrong(
          n > 1 ? "n" : "prompt",
          "A request has at most %d choices, got %d (%d prompts, n = %d)"
              .formatted(maxChoices, (long) prompts * n, prompts, n));
    }
    return n;
  }

  private static boolean includeUsage(JsonFields fields, boolean stream) {
    JsonFields options = fields.object("stream_options");
    if (options == null) {
      return false;
    }
    if (!stream) {
      throw JsonFields.wrong("stream_options", "stream_options is only for stream = true");
    }
    return options.flag("include_usage", false);
  }

  private static List<String> stops(JsonFields fields) {
    JsonNode value = fields.value("stop");
    if (value == null) {
      return List.of();
    }
    if (value.isString()) {
      return List.of(stop("stop", value));
    }
    if (!value.isArray() || value.size() > MAX_STOPS) {
      throw JsonFields.wrong(
          "stop",
          "stop must be a string or an array of at most %d strings, got %s"
              .formatted(
                  MAX_STOPS, value.isArray() ? value.size() + " items" : JsonFields.shown(value)));
    }
    List<String> stops = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      stops.add(stop("stop[" + i + "]", value.get(i)));
    }
    return stops;
  }

  private static String stop(String place, JsonNode value) {
    if (!value.isString()
        || value.stringValue().isEmpty()
        || value.stringValue().length() > MAX_STOP_LENGTH) {
      throw JsonFields.wrong(
          "stop",
          "%s must be a string of 1 to %d characters, got %s"
              .formatted(place, MAX_STOP_LENGTH, JsonFields.shown(value)));
    }
    return value.stringValue();
  }
}
