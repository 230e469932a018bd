package io.fiddler.usage;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One row of the request log.
///
/// @param id the request's id, also in the response
/// @param createdAt when it arrived
/// @param tenant whose it was
/// @param fingerprint of the model; null if it failed before one was known
/// @param route for example `/v1/completions`
/// @param stream whether the answer was streamed
/// @param status HTTP status; 499 if the client went away
/// @param promptTokens over all prompts
/// @param completionTokens over all choices
/// @param queueMillis waiting for the first step
/// @param firstTokenMillis to the first token; null if there was none
/// @param totalMillis to the end of the answer
/// @param finishReason `stop`, `length`, `tool_calls`, `cancelled`, `timeout`, `error`; null if
///   nothing ran
/// @param sampling the sampling parameters as JSON
/// @param device `cuda`, `emulated`, `none`
/// @param firstPlacementVersion first placement it ran under; null if nothing ran
/// @param lastPlacementVersion last placement it ran under
/// @param hitRate share of assignments served by resident experts; null if nothing ran
/// @param error one sentence; null if it went well
/// @param prompt its text; null unless text logging is on
/// @param output the answer's text; null unless text logging is on
/// @param keyId public part of the key it came with; null without one
/// @param costs what it cost
public record RequestRecord(
    UUID id,
    Instant createdAt,
    String tenant,
    @Nullable String fingerprint,
    String route,
    boolean stream,
    int status,
    int promptTokens,
    int completionTokens,
    double queueMillis,
    @Nullable Double firstTokenMillis,
    double totalMillis,
    @Nullable String finishReason,
    String sampling,
    @Nullable String device,
    @Nullable Long firstPlacementVersion,
    @Nullable Long lastPlacementVersion,
    @Nullable Double hitRate,
    @Nullable String error,
    @Nullable String prompt,
    @Nullable String output,
    @Nullable String keyId,
    RequestCosts costs) {
  /// One without a key whose costs are not known.
  public RequestRecord(
      UUID id,
      Instant createdAt,
      String tenant,
      @Nullable String fingerprint,
      String route,
      boolean stream,
      int status,
      int promptTokens,
      int completionTokens,
      double queueMillis,
      @Nullable Double firstTokenMillis,
      double totalMillis,
      @Nullable String finishReason,
      String sampling,
      @Nullable String device,
      @Nullable Long firstPlacementVersion,
      @Nullable Long lastPlacementVersion,
      @Nullable Double hitRate,
      @Nullable String error,
      @Nullable String prompt,
      @Nullable String output) {
    this(
        id,
        createdAt,
        tenant,
        fingerprint,
        route,
        stream,
        status,
        promptTokens,
        completionTokens,
        queueMillis,
        firstTokenMillis,
        totalMillis,
        finishReason,
        sampling,
        device,
        firstPlacementVersion,
        lastPlacementVersion,
        hitRate,
        error,
        prompt,
        output,
        null,
        RequestCosts.NONE);
  }
}
