package io.fiddler.ops.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyAdministration.Issued;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.KeyUsage;
import io.fiddler.usage.access.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A key as `/actuator/keys` shows it.
///
/// @param id its public part
/// @param name for people
/// @param tenant whose its requests are
/// @param scopes what it may be used for
/// @param requestsPerMinute null for no limit, as the others
/// @param tokensPerMinute of prompts and answers
/// @param concurrentRequests at once
/// @param monthlyTokens in a month (UTC)
/// @param priority in the engine's queue
/// @param maxContext most tokens of a prompt and its answer; null for the model's
/// @param disabled whether it no longer counts
/// @param createdAt when
/// @param rotatedAt when it last got another secret
/// @param expiresAt from when it no longer counts
/// @param key all of it, in the one answer that shows it
/// @param usage what it has used, where one key is asked for
record KeyView(
    String id,
    String name,
    String tenant,
    List<String> scopes,
    @JsonInclude @Nullable Long requestsPerMinute,
    @JsonInclude @Nullable Long tokensPerMinute,
    @JsonInclude @Nullable Long concurrentRequests,
    @JsonInclude @Nullable Long monthlyTokens,
    int priority,
    @JsonInclude @Nullable Integer maxContext,
    boolean disabled,
    Instant createdAt,
    @JsonInclude @Nullable Instant rotatedAt,
    @JsonInclude @Nullable Instant expiresAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<KeyUsage> usage) {
  static KeyView of(ApiKey key) {
    return of(key, null, null);
  }

  static KeyView of(Issued issued) {
    return of(issued.key(), issued.text().text(), null);
  }

  static KeyView of(ApiKey key, @Nullable String text, @Nullable List<KeyUsage> usage) {
    KeySettings settings = key.settings();
    KeyLimits limits = settings.limits();
    return new KeyView(
        key.id(),
        settings.name(),
        settings.tenant(),
        settings.scopes().stream().sorted().map(Scope::text).toList(),
        limits.requestsPerMinute(),
        limits.tokensPerMinute(),
        limits.concurrentRequests(),
        limits.monthlyTokens(),
        settings.priority(),
        settings.maxContext(),
        key.disabled(),
        key.createdAt(),
        key.rotatedAt(),
        settings.expiresAt(),
        text,
        usage);
  }

  /// The text of a key is for its owner alone.
  @Override
  public String toString() {
    return "KeyView[" + id + "]";
  }
}
