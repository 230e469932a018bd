package io.fiddler.api.completion;

import io.fiddler.api.error.ApiException;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.Candidates;
import io.fiddler.api.json.JsonFields;
import io.fiddler.sampling.beam.BeamParameters;
import io.fiddler.sampling.beam.EarlyStopping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads `n`, `best_of` and the fields of beam search.
final class CandidatesReader {
  private static final int MAX_N = 128;
  private static final String BEAMS = "use_beam_search";
  private static final String BEST_OF = "best_of";
  private static final String LENGTH_PENALTY = "length_penalty";
  private static final String EARLY_STOPPING = "early_stopping";

  /// What changes the choice of tokens where they are sampled, and the values that change nothing.
  private static final Map<String, List<Double>> SAMPLING = new LinkedHashMap<>();

  static {
    SAMPLING.put("temperature", List.of(0.0));
    SAMPLING.put("top_p", List.of(1.0));
    SAMPLING.put("top_k", List.of(0.0, -1.0));
    SAMPLING.put("min_p", List.of(0.0));
    SAMPLING.put("repetition_penalty", List.of(1.0));
    SAMPLING.put("frequency_penalty", List.of(0.0));
    SAMPLING.put("presence_penalty", List.of(0.0));
  }

  private final GenerationOptions options;

  CandidatesReader(GenerationOptions options) {
    this.options = options;
  }

  /// The candidates.
  ///
  /// @param prompts how many prompts the request has
  /// @param stream whether its answer is to be streamed
  /// @throws ApiException naming field, rule and value
  Candidates read(JsonFields fields, int prompts, boolean stream) {
    int n = fields.integer("n", 1, MAX_N, 1);
    int bestOf = fields.integer(BEST_OF, 1, MAX_N, n);
    if (bestOf < n) {
      throw JsonFields.wrong(
          BEST_OF, "best_of must be at least n (%d), got %d".formatted(n, bestOf));
    }
    if ((long) prompts * bestOf > options.maxChoices()) {
      throw tooMany(prompts, n, bestOf);
    }
    double lengthPenalty = lengthPenalty(fields.value(LENGTH_PENALTY));
    EarlyStopping earlyStopping = earlyStopping(fields.value(EARLY_STOPPING));
    if (fields.flag(BEAMS, false)) {
      requireBeams(fields, n, bestOf, stream);
      return new Candidates(n, bestOf, new BeamParameters(bestOf, lengthPenalty, earlyStopping));
    }
    if (lengthPenalty != 1) {
      throw onlyForBeams(LENGTH_PENALTY);
    }
    if (earlyStopping != EarlyStopping.WHEN_UNLIKELY) {
      throw onlyForBeams(EARLY_STOPPING);
    }
    if (bestOf > n && stream) {
      throw JsonFields.wrong(
          BEST_OF,
          "best_of must be equal to n (%d) with stream = true, got %d: which choices are the best is known at the end"
              .formatted(n, bestOf));
    }
    return new Candidates(n, bestOf, null);
  }

  private ApiException tooMany(int prompts, int n, int bestOf) {
    String field = bestOf > n ? BEST_OF : n > 1 ? "n" : "prompt";
    return JsonFields.wrong(
        field,
        "A request has at most %d choices, got %d (%d prompts, %s = %d)"
            .formatted(
                options.maxChoices(),
                (long) prompts * bestOf,
                prompts,
                bestOf > n ? BEST_OF : "n",
                bestOf));
  }

  private void requireBeams(JsonFields fields, int n, int width, boolean stream) {
    if (stream) {
      throw JsonFields.wrong(
          "stream",
          "stream must be false with use_beam_search = true: which choices are the best is known at the end");
    }
    SAMPLING.forEach((name, neutral) -> {
      JsonNode value = fields.value(name);
      if (value != null && !neutral.contains(JsonFields.asDouble(value))) {
        throw JsonFields.wrong(
            name,
            "%s must be %s or absent with use_beam_search = true, got %s"
                .formatted(name, shown(neutral.getFirst()), JsonFields.shown(value)));
      }
    });
    JsonNode biases = fields.value("logit_bias");
    if (biases != null && !biases.isEmpty()) {
      throw JsonFields.wrong(
          "logit_bias", "logit_bias must be empty or absent with use_beam_search = true");
    }
    if (width > options.maxBeams()) {
      throw JsonFields.wrong(
          width > n ? BEST_OF : "n",
          "%s must be at most %d with use_beam_search = true, got %d"
              .formatted(width > n ? BEST_OF : "n", options.maxBeams(), width));
    }
    JsonNode maxTokens = fields.value("max_tokens");
    if (maxTokens != null && JsonFields.asDouble(maxTokens) == 0) {
      throw JsonFields.wrong(
          "max_tokens", "max_tokens must be at least 1 with use_beam_search = true, got 0");
    }
  }

  private static String shown(double value) {
    return Long.toString(Math.round(value));
  }

  private static double lengthPenalty(@Nullable JsonNode value) {
    if (value == null) {
      return 1;
    }
    double penalty = JsonFields.asDouble(value);
    if (!Double.isFinite(penalty)) {
      throw JsonFields.wrong(LENGTH_PENALTY, "a finite number", value);
    }
    return penalty;
  }

  private static EarlyStopping earlyStopping(@Nullable JsonNode value) {
    if (value == null || (value.isBoolean() && !value.booleanValue())) {
      return EarlyStopping.WHEN_UNLIKELY;
    }
    if (value.isBoolean()) {
      return EarlyStopping.AT_ONCE;
    }
    if (value.isString() && value.stringValue().equals("never")) {
      return EarlyStopping.WHEN_IMPOSSIBLE;
    }
    throw JsonFields.wrong(EARLY_STOPPING, "true, false or \"never\"", value);
  }

  private static ApiException onlyForBeams(String field) {
    return JsonFields.wrong(field, field + " is only for use_beam_search = true");
  }
}
