package io.fiddler.api.generation.answer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.generation.run.RunTotals;
import io.fiddler.api.json.ApiJson;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.PrefillReport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;

/// What an answer took, so far or in all: for its headers, and for the end of a stream.
///
/// @param prefill how the prompt that was read first fared; null before one was
/// @param firstTokenNanos from the request's arrival to its first token; null before
/// @param assignments expert assignments
/// @param costs what was computed and copied
/// @param placementVersion the placement it was made under
record Performance(
    @Nullable PrefillReport prefill,
    @Nullable Long firstTokenNanos,
    AssignmentCounts assignments,
    GenerationCosts costs,
    long placementVersion) {
  private static final double NANOS_PER_MILLI = 1e6;

  /// What is known when the first prompt was read, which is when its first token is.
  ///
  /// @param placementVersion in force now, for a request that ended before a prompt was read
  static Performance atFirstToken(
      @Nullable PrefillReport prefill, RequestAccount account, long placementVersion) {
    if (prefill == null) {
      return new Performance(
          null, null, AssignmentCounts.NONE, GenerationCosts.NONE, placementVersion);
    }
    return new Performance(
        prefill,
        account.sinceArrival(prefill.queueNanos() + prefill.prefillNanos()),
        prefill.assignments(),
        prefill.costs(),
        prefill.placementVersion());
  }

  /// What is known when all generations have ended.
  static Performance atTheEnd(@Nullable PrefillReport prefill, RequestAccount account) {
    RunTotals totals = account.totals();
    Long firstToken = totals.firstTokenNanos();
    Long version = totals.lastPlacementVersion();
    return new Performance(
        prefill,
        firstToken == null ? null : account.sinceArrival(firstToken),
        totals.assignments(),
        totals.costs(),
        version == null ? 0 : version);
  }

  /// Sets the headers that only the engine can fill.
  void setOn(HttpHeaders headers) {
    headers.set("X-Fiddler-Placement", Long.toString(placementVersion));
    if (prefill != null) {
      headers.set("Server-Timing", serverTiming(prefill));
      headers.set("X-Fiddler-Cached-Tokens", Integer.toString(costs.cachedPromptTokens()));
      headers.set("X-Fiddler-Streamed-Bytes", Long.toString(costs.streamedBytes()));
    }
  }

  private String serverTiming(PrefillReport read) {
    StringBuilder value = new StringBuilder();
    value.append(duration("queue", read.queueNanos()));
    value.append(", ").append(duration("prefill", read.prefillNanos()));
    value.append(String.format(Locale.ROOT, ", hit-rate;desc=\"%.3f\"", assignments.hitRate()));
    if (firstTokenNanos != null) {
      value.append(", ").append(duration("ttft", firstTokenNanos));
    }
    value.append(", ").append(duration("cpu", costs.hostNanos()));
    return value.toString();
  }

  private static String duration(String name, long nanos) {
    return String.format(Locale.ROOT, "%s;dur=%.3f", name, nanos / NANOS_PER_MILLI);
  }

  /// The same as JSON.
  JsonNode json() {
    return ApiJson.tree(
        new Body(
            placementVersion,
            prefill == null ? null : prefill.queueNanos() / NANOS_PER_MILLI,
            firstTokenNanos == null ? null : firstTokenNanos / NANOS_PER_MILLI,
            assignments.total() == 0 ? null : assignments.hitRate(),
            costs.hostNanos() / NANOS_PER_MILLI,
            costs.streamedBytes()));
  }

  private record Body(
      long placement,
      @JsonProperty("queue_ms") @Nullable Double queueMillis,
      @JsonProperty("first_token_ms") @Nullable Double firstTokenMillis,
      @JsonProperty("hit_rate") @Nullable Double hitRate,
      @JsonProperty("cpu_ms") double cpuMillis,
      @JsonProperty("streamed_bytes") long streamedBytes) {}
}
