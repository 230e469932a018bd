package io.fiddler.api.generation.answer;

import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.json.ApiJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Makes the envelopes of one request's bodies.
final class Envelopes {
  private static final int FINGERPRINT_CHARACTERS = 12;

  private final RequestAccount account;
  private final GenerationCall call;

  Envelopes(RequestAccount account, GenerationCall call) {
    this.account = account;
    this.call = call;
  }

  /// An envelope.
  ///
  /// @param placementVersion the placement that the body was made under
  /// @param usage null to leave it out
  AnswerEnvelope envelope(long placementVersion, @Nullable JsonNode usage) {
    return envelope(placementVersion, usage, null);
  }

  /// The envelope of a stream's last chunk.
  ///
  /// @param usage null to leave it out
  /// @param fiddler what the request took; null to leave it out
  AnswerEnvelope envelope(
      long placementVersion, @Nullable JsonNode usage, @Nullable JsonNode fiddler) {
    return new AnswerEnvelope(
        account.id(),
        account.createdAt().getEpochSecond(),
        call.modelName(),
        systemFingerprint(placementVersion),
        usage,
        fiddler);
  }

  /// The tokens used, as part of a body.
  JsonNode usage(int completionTokens) {
    return ApiJson.tree(
        Usage.of(call.promptTokens(), account.totals().cachedPromptTokens(), completionTokens));
  }

  private String systemFingerprint(long placementVersion) {
    String fingerprint = call.model().fingerprint();
    return "fp_%s_p%d"
        .formatted(
            fingerprint.substring(0, Math.min(FINGERPRINT_CHARACTERS, fingerprint.length())),
            placementVersion);
  }
}
