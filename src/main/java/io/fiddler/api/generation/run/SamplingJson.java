package io.fiddler.api.generation.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.json.ApiJson;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.beam.BeamParameters;
import io.fiddler.sampling.beam.EarlyStopping;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a request asked for its tokens, as JSON for the request log; with this and the prompt it can
/// be repeated. Stop strings are text, so only their number is in it.
public final class SamplingJson {
  private SamplingJson() {}

  /// The settings of one request.
  ///
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
    json.put("n", settings.candidates().n());
    json.put("best_of", settings.candidates().bestOf());
    BeamParameters beams = settings.candidates().beams();
    if (beams != null) {
      json.put("use_beam_search", true);
      json.put("length_penalty", beams.lengthPenalty());
      json.put("early_stopping", earlyStopping(beams.earlyStopping()));
    }
    json.put("stops", settings.stops().size());
    json.put("ignore_eos", settings.ignoreEos());
    return new String(ApiJson.write(json), UTF_8);
  }

  private static Object earlyStopping(EarlyStopping earlyStopping) {
    return switch (earlyStopping) {
      case WHEN_UNLIKELY -> false;
      case AT_ONCE -> true;
      case WHEN_IMPOSSIBLE -> "never";
    };
  }
}
