package io.fiddler.api.generation.run;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.generation.request.Candidates;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.engine.RefusedRequestException;

/// What the engine can never serve, in the words of who asked for it.
final class EngineRefusal {
  private EngineRefusal() {}

  static ApiException of(RefusedRequestException refused, GenerationCall call) {
    String field =
        switch (refused.parameter()) {
          case PROMPT -> call.asking().prompt();
          case MAX_TOKENS -> call.asking().limiting();
          case BEAMS -> beams(call.settings().candidates());
        };
    String code =
        switch (refused.parameter()) {
          case PROMPT, MAX_TOKENS -> "context_length_exceeded";
          case BEAMS -> "invalid_value";
        };
    return ApiError.invalid(field, code, field + " " + refused.rule()).asException();
  }

  private static String beams(Candidates candidates) {
    return candidates.bestOf() > candidates.n() ? "best_of" : "n";
  }
}
