package io.fiddler.api.generation;

import io.fiddler.api.generation.answer.AnswerFormat;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.Caller;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.ModelSummary;
import org.jspecify.annotations.Nullable;

/// What is a route's own: the fields of its requests and the form of its answers.
///
/// @param <R> a request that keeps every rule that needs no model to check
public interface GenerationApi<R> {
  /// The request in a body.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  R read(byte[] body);

  /// What the log and the route need to know of it.
  Asked asked(R request);

  /// The request made fit for the model; takes as long as its prompts are long.
  ///
  /// @throws io.fiddler.api.error.ApiException if it does not fit
  Prepared prepare(R request, ServedModel served, ModelSummary model, Caller caller);

  /// What a request asks for, whatever its prompts are.
  ///
  /// @param model the model asked for; null for the one served
  /// @param settings how it wants its text
  /// @param maxTokens most tokens a choice; null for what the context leaves
  record Asked(@Nullable String model, GenerationSettings settings, @Nullable Integer maxTokens) {}

  /// What is to run, and how to write down what comes of it.
  record Prepared(GenerationCall call, AnswerFormat format) {
    /// The same where the cache sets a limit that the client did not.
    Prepared fitting(CacheRoom cache) {
      return new Prepared(call.fitting(cache), format);
    }

    /// The same where the client's key sets one.
    Prepared within(long tokens) {
      return new Prepared(call.within(tokens), format);
    }
  }
}
