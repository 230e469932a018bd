package io.fiddler.api.completion;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.generation.request.SamplingReader;
import io.fiddler.api.generation.request.StopReader;
import io.fiddler.api.generation.request.StreamFields;
import io.fiddler.api.generation.request.UnsupportedFields;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import java.util.List;

/// Reads the body of `POST /v1/completions`: OpenAI's schema and what vLLM adds to it. Unknown
/// fields are ignored; known ones that cannot be honoured are refused.
final class CompletionRequestReader {
  private static final int MAX_N = 128;

  /// vLLM's; OpenAI stops at 5.
  private static final int MAX_LOGPROBS = 20;

  private static final List<String> UNSUPPORTED =
      List.of(
          "suffix",
          "use_beam_search",
          "length_penalty",
          "min_tokens",
          "stop_token_ids",
          "include_stop_str_in_output",
          "allowed_token_ids",
          "bad_words",
          "truncate_prompt_tokens",
          "prompt_logprobs",
          "prompt_embeds",
          "logits_processors",
          "response_format",
          "structured_outputs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar");

  private final int maxChoices;

  /// @param maxChoices most choices of one request
  CompletionRequestReader(int maxChoices) {
    this.maxChoices = maxChoices;
  }

  /// The request.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  CompletionRequest read(byte[] body) {
    JsonFields fields = ApiJson.readObject(body);
    UnsupportedFields.refuse(fields, UNSUPPORTED);
    List<Prompt> prompts = PromptReader.read(fields);
    int n = choicesAPrompt(fields, prompts.size());
    StreamFields stream = StreamFields.read(fields);
    Long maxTokens = fields.integer("max_tokens", 0, Integer.MAX_VALUE);
    fields.string("user");
    return new CompletionRequest(
        fields.string("model"),
        prompts,
        maxTokens == null ? null : maxTokens.intValue(),
        new GenerationSettings(
            SamplingReader.read(fields),
            n,
            StopReader.read(fields),
            fields.integer("logprobs", 0, MAX_LOGPROBS, -1),
            fields.flag("echo", false),
            stream.stream(),
            stream.includeUsage(),
            fields.flag("ignore_eos", false),
            fields.flag("return_token_ids", false)));
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
}
