package io.fiddler.usage.access;

import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an administrator decides about a key.
///
/// @param name for people, and who acts with it; no other key has it
/// @param tenant whose its requests are
/// @param scopes what it may be used for
/// @param limits how much
/// @param priority of its requests in the engine's queue, higher ones first
/// @param maxContext most tokens of a prompt and its answer; null for the model's
/// @param expiresAt from when it no longer counts; null for never
public record KeySettings(
    String name,
    String tenant,
    Set<Scope> scopes,
    KeyLimits limits,
    int priority,
    @Nullable Integer maxContext,
    @Nullable Instant expiresAt) {
  /// Highest and, negated, lowest priority.
  public static final int MOST_PRIORITY = 100;

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@:/-]{0,99}");

  public KeySettings {
    named("name", name);
    named("tenant", tenant);
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException(
          "scopes must name at least one of inference, read, admin, got none");
    }
    scopes = Set.copyOf(EnumSet.copyOf(scopes));
    if (Math.abs(priority) > MOST_PRIORITY) {
      throw new IllegalArgumentException(
          "priority must be in [-%d, %d], got %d"
              .formatted(MOST_PRIORITY, MOST_PRIORITY, priority));
    }
    if (maxContext != null && maxContext < 1) {
      throw new IllegalArgumentException(
          "maxContext must be at least 1, or left out for the model's, got " + maxContext);
    }
  }

  /// For people: `name: app, tenant: default, ...`, what is not limited left out.
  String text() {
    return fields().entrySet().stream()
        .filter(field -> field.getValue().isPresent())
        .map(field -> field.getKey() + ": " + said(field.getValue()))
        .collect(Collectors.joining(", "));
  }

  /// For people, what is another than before: `priority: 0 -> 5, ...`.
  String changesFrom(KeySettings before) {
    Map<String, Optional<Object>> old = before.fields();
    StringJoiner changes = new StringJoiner(", ");
    changes.setEmptyValue("nothing is another than before");
    fields()
        .forEach((field, now) -> {
          Optional<Object> then = old.getOrDefault(field, Optional.empty());
          if (!now.equals(then)) {
            changes.add("%s: %s -> %s".formatted(field, said(then), said(now)));
          }
        });
    return changes.toString();
  }

  /// By their names in [KeyForm]; empty for what is not limited.
  private Map<String, Optional<Object>> fields() {
    Map<String, Optional<Object>> fields = new LinkedHashMap<>();
    fields.put("name", Optional.of(name));
    fields.put("tenant", Optional.of(tenant));
    fields.put(
        "scopes",
        Optional.of(scopes.stream().sorted().map(Scope::text).collect(Collectors.joining(" "))));
    fields.put("requestsPerMinute", Optional.ofNullable(limits.requestsPerMinute()));
    fields.put("tokensPerMinute", Optional.ofNullable(limits.tokensPerMinute()));
    fields.put("concurrentRequests", Optional.ofNullable(limits.concurrentRequests()));
    fields.put("monthlyTokens", Optional.ofNullable(limits.monthlyTokens()));
    fields.put("priority", Optional.of(priority));
    fields.put("maxContext", Optional.ofNullable(maxContext));
    fields.put("expiresAt", Optional.ofNullable(expiresAt));
    return fields;
  }

  private static String said(Optional<Object> value) {
    return value.map(Object::toString).orElse(KeyForm.NONE);
  }

  private static void named(String field, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s must be 1 to 100 letters, digits, blanks or ._@:/-, beginning with a letter or digit, got \"%s\""
              .formatted(field, value.length() > 100 ? value.substring(0, 100) + "..." : value));
    }
  }
}
