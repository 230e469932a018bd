package io.fiddler.api.completion.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.completion.request.CompletionRequest;
import io.fiddler.api.json.ApiJson;
import io.fiddler.sampling.SamplingParameters;
import java.util.LinkedHashMap;
import java.util.Map;

/// How a request asked for its tokens, as JSON for the request log; with this and the prompt it can
/// be repeated. Stop strings are text, so only their number is in it.
final class SamplingJson {
  private SamplingJson() {}

  static String of(CompletionRequest request) {
    SamplingParameters sampling = request.sampling();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "max_tokens",
        request.maxTokens() == null ? CompletionRequest.DEFAULT_MAX_TOKENS : request.maxTokens());
    json.put("temperature", sampling.temperature());
    json.put("top_k", sampling.topK());
    json.put("top_p", sampling.topP());
    json.put("min_p", sampling.minP());
    json.put("repetition_penalty", sampling.repetitionPenalty());
    json.put("frequency_penalty", sampling.frequencyPenalty());
    json.put("presence_penalty", sampling.presencePenalty());
    json.put("logit_bias", sampling.logitBias());
    json.put("seed", sampling.seed());
    json.put("n", request.n());
    json.put("stops", request.stops().size());
    json.put("ignore_eos", request.ignoreEos());
    return new String(ApiJson.write(json), UTF_8);
  }
}
