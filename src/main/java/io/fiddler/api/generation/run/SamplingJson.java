package io.fiddler.api.generation.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.json.ApiJson;
import io.fiddler.sampling.SamplingParameters;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a request asked for its tokens, as JSON for the request log; with this and the prompt it can
/// be repeated. Stop strings are text, so only their number is in it.
public final class SamplingJson {
  private SamplingJson() {}

  /// @param maxTokens most tokens a choice; null for what the context leaves
  public static String of(GenerationSettings settings, @Nullable Integer maxTokens) {
    SamplingParameters sampling = settings.sampling();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("max_tokens", maxTokens);
    json.put("temperature", sampling.temperature());
    json.put("top_k", sampling.topK());
    json.put("top_p", sampling.topP());
    json.put("min_p", sampling.minP());
    json.put("repetition_penalty", sampling.repetitionPenalty());
    json.put("frequency_penalty", sampling.frequencyPenalty());
    json.put("presence_penalty", sampling.presencePenalty());
    json.put("logit_bias", sampling.logitBias());
    json.put("seed", sampling.seed());
    json.put("n", settings.n());
    json.put("stops", settings.stops().size());
    json.put("ignore_eos", settings.ignoreEos());
    return new String(ApiJson.write(json), UTF_8);
  }
}
