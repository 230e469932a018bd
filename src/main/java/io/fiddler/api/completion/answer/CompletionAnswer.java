package io.fiddler.api.completion.answer;

import io.fiddler.api.completion.request.CompletionCall;
import io.fiddler.api.completion.run.RequestAccount;
import io.fiddler.api.json.ApiJson;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.PrefillReport;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import tools.jackson.databind.JsonNode;

/// What all forms of an answer share: the envelope of its bodies and its headers.
final class CompletionAnswer {
  private static final String PLACEMENT_HEADER = "X-Fiddler-Placement";
  private static final int FINGERPRINT_CHARACTERS = 12;

  private final String id;
  private final long created;
  private final CompletionCall call;

  CompletionAnswer(RequestAccount account, CompletionCall call) {
    this.id = "cmpl-" + account.id();
    this.created = account.createdAt().getEpochSecond();
    this.call = call;
  }

  /// A body.
  ///
  /// @param placementVersion the placement it was made under
  /// @param usage null to leave it out
  CompletionBody body(
      long placementVersion, List<CompletionBody.Choice> choices, @Nullable JsonNode usage) {
    return new CompletionBody(
        id,
        "text_completion",
        created,
        call.modelName(),
        systemFingerprint(placementVersion),
        choices,
        usage);
  }

  /// The tokens used, as part of a body.
  JsonNode usage(int completionTokens) {
    return ApiJson.tree(Usage.of(call.promptTokens(), completionTokens));
  }

  /// Sets the headers that only the engine can fill.
  static void setHeaders(
      ServerHttpResponse response,
      @Nullable PrefillReport prefill,
      AssignmentCounts assignments,
      long placementVersion) {
    HttpHeaders headers = response.getHeaders();
    if (prefill != null) {
      headers.set(ServerTiming.HEADER, ServerTiming.value(prefill, assignments));
    }
    headers.set(PLACEMENT_HEADER, Long.toString(placementVersion));
  }

  private String systemFingerprint(long placementVersion) {
    String fingerprint = call.model().fingerprint();
    return "fp_%s_p%d"
        .formatted(
            fingerprint.substring(0, Math.min(FINGERPRINT_CHARACTERS, fingerprint.length())),
            placementVersion);
  }
}
