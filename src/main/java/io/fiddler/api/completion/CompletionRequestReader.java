package io.fiddler.api.completion;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.Candidates;
import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.generation.request.ResponseFormat;
import io.fiddler.api.generation.request.SamplingReader;
import io.fiddler.api.generation.request.StopReader;
import io.fiddler.api.generation.request.StreamFields;
import io.fiddler.api.generation.request.UnsupportedFields;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.sampling.SamplingParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the body of `POST /v1/completions`: OpenAI's schema and what vLLM adds to it. Unknown
/// fields are ignored; known ones that cannot be honoured are refused.
final class CompletionRequestReader {
  /// vLLM's; OpenAI stops at 5.
  private static final int MAX_LOGPROBS = 20;

  private static final List<String> UNSUPPORTED =
      List.of(
          "suffix",
          "min_tokens",
          "stop_token_ids",
          "include_stop_str_in_output",
          "allowed_token_ids",
          "bad_words",
          "truncate_prompt_tokens",
          "prompt_logprobs",
          "prompt_embeds",
          "logits_processors",
          "structured_outputs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar");

  private final CandidatesReader candidatesReader;
  private final RequestLimits limits;
  private final JsonGrammars grammars;

  /// @param grammars makes what answers are held to
  CompletionRequestReader(GenerationOptions options, JsonGrammars grammars) {
    this.candidatesReader = new CandidatesReader(options);
    this.limits = options.limits();
    this.grammars = grammars;
  }

  /// The request.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  CompletionRequest read(byte[] body) {
    JsonFields fields = ApiJson.readObject(body);
    UnsupportedFields.refuse(fields, UNSUPPORTED);
    List<Prompt> prompts = PromptReader.read(fields);
    limits.checkCharacters("prompt", prompts.stream().mapToLong(Prompt::characters).sum());
    StreamFields stream = StreamFields.read(fields);
    SamplingParameters sampling = SamplingReader.read(fields, limits.maxLogitBiases());
    Candidates candidates = candidatesReader.read(fields, prompts.size(), stream.stream());
    Long maxTokens = fields.integer("max_tokens", 0, Integer.MAX_VALUE);
    fields.string("user");
    return new CompletionRequest(
        fields.string("model"),
        prompts,
        maxTokens == null ? null : maxTokens.intValue(),
        format(fields, candidates),
        new GenerationSettings(
            candidates.beams() == null ? sampling : SamplingParameters.greedy(),
            candidates,
            StopReader.read(fields, limits.maxStops()),
            fields.integer("logprobs", 0, MAX_LOGPROBS, -1),
            fields.flag("echo", false),
            stream.stream(),
            stream.includeUsage(),
            fields.flag("ignore_eos", false),
            fields.flag("return_token_ids", false)));
  }

  private @Nullable ResponseFormat format(JsonFields fields, Candidates candidates) {
    ResponseFormat format = ResponseFormat.read(fields, grammars);
    if (format != null && candidates.beams() != null) {
      throw JsonFields.wrong(
          format.field(), format.field() + " is not supported with use_beam_search = true");
    }
    return format;
  }
}
