package io.fiddler.api.generation.request;

import io.fiddler.api.json.JsonFields;
import io.fiddler.api.json.NumberRange;
import io.fiddler.sampling.SamplingParameters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads the sampling parameters, OpenAI's and vLLM's, with OpenAI's defaults and ranges.
public final class SamplingReader {
  private static final NumberRange TEMPERATURE = NumberRange.closed(0, 2);
  private static final NumberRange TOP_P = NumberRange.above(0, 1);
  private static final NumberRange MIN_P = NumberRange.closed(0, 1);
  private static final NumberRange REPETITION_PENALTY = NumberRange.above(0, 100);
  private static final NumberRange PENALTY = NumberRange.closed(-2, 2);
  private static final NumberRange BIAS = NumberRange.closed(-100, 100);

  private static final Pattern TOKEN_ID = Pattern.compile("\\d{1,9}");

  private SamplingReader() {}

  /// The parameters; without a seed a random one, so that the log still tells how to repeat it.
  ///
  /// @param maxBiases most entries of `logit_bias`
  public static SamplingParameters read(JsonFields fields, int maxBiases) {
    Long seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    return new SamplingParameters(
        fields.number("temperature", TEMPERATURE, 1),
        // vLLM's -1 means the same as 0.
        Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE, 0)),
        fields.number("top_p", TOP_P, 1),
        fields.number("min_p", MIN_P, 0),
        fields.number("repetition_penalty", REPETITION_PENALTY, 1),
        fields.number("frequency_penalty", PENALTY, 0),
        fields.number("presence_penalty", PENALTY, 0),
        logitBias(fields.object("logit_bias"), maxBiases),
        seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  /// The parameters of a prompt's choice number `i`: another seed, so that choices differ.
  static SamplingParameters ofChoice(SamplingParameters first, int i) {
    return new SamplingParameters(
        first.temperature(),
        first.topK(),
        first.topP(),
        first.minP(),
        first.repetitionPenalty(),
        first.frequencyPenalty(),
        first.presencePenalty(),
        first.logitBias(),
        first.seed() + i);
  }

  private static Map<Integer, Double> logitBias(@Nullable JsonFields object, int maxBiases) {
    if (object == null) {
      return Map.of();
    }
    int size = object.entries().size();
    if (size > maxBiases) {
      throw JsonFields.wrong(
          "logit_bias",
          "logit_bias must have at most %d entries, got %d".formatted(maxBiases, size));
    }
    Map<Integer, Double> biases = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.entries()) {
      String place = "logit_bias[\"" + shortened(entry.getKey()) + "\"]";
      biases.put(
          tokenId(entry.getKey(), place),
          JsonFields.number("logit_bias", place, entry.getValue(), BIAS));
    }
    return biases;
  }

  private static int tokenId(String key, String place) {
    if (!TOKEN_ID.matcher(key).matches()) {
      throw JsonFields.wrong("logit_bias", place + " must have a token id as its key");
    }
    return Integer.parseInt(key);
  }

  private static String shortened(String key) {
    return key.length() <= 20 ? key : key.substring(0, 20) + "...";
  }
}
