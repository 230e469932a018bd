package io.fiddler.store.access;

import io.fiddler.store.Rows;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyDigest;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import io.fiddler.usage.access.StoredKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// A key as a row of `api_key`.
final class KeyColumns {
  private KeyColumns() {}

  static StatementSpec bind(StatementSpec statement, StoredKey stored) {
    ApiKey key = stored.key();
    KeySettings settings = key.settings();
    KeyLimits limits = settings.limits();
    KeyDigest previous = stored.previous();
    return statement
        .param("id", key.id())
        .param("name", settings.name())
        .param("tenant", settings.tenant())
        .param(
            "scopes", settings.scopes().stream().map(Scope::text).sorted().toArray(String[]::new))
        .param("digest", stored.digest().bytes())
        .param("previous", previous == null ? null : previous.bytes())
        .param("previousUntil", time(stored.previousUntil()))
        .param("requests", limits.requestsPerMinute())
        .param("tokens", limits.tokensPerMinute())
        .param("concurrent", limits.concurrentRequests())
        .param("monthly", limits.monthlyTokens())
        .param("priority", settings.priority())
        .param("maxContext", settings.maxContext())
        .param("disabled", key.disabled())
        .param("createdAt", time(key.createdAt()))
        .param("rotatedAt", time(key.rotatedAt()))
        .param("expiresAt", time(settings.expiresAt()));
  }

  static StoredKey stored(ResultSet row) throws SQLException {
    byte[] previous = row.getBytes("previous_digest");
    return new StoredKey(
        key(row),
        KeyDigest.ofBytes(row.getBytes("digest")),
        previous == null ? null : KeyDigest.ofBytes(previous),
        Rows.instantOrNull(row, "previous_until"));
  }

  static ApiKey key(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        new KeySettings(
            row.getString("name"),
            row.getString("tenant"),
            scopes(row),
            new KeyLimits(
                row.getObject("requests_per_minute", Long.class),
                row.getObject("tokens_per_minute", Long.class),
                row.getObject("concurrent_requests", Long.class),
                row.getObject("monthly_tokens", Long.class)),
            row.getInt("priority"),
            row.getObject("max_context", Integer.class),
            Rows.instantOrNull(row, "expires_at")),
        row.getBoolean("disabled"),
        Rows.instant(row, "created_at"),
        Rows.instantOrNull(row, "rotated_at"));
  }

  static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private static Set<Scope> scopes(ResultSet row) throws SQLException {
    return Arrays.stream((String[]) row.getArray("scopes").getArray())
        .map(Scope::of)
        .collect(Collectors.toUnmodifiableSet());
  }
}
