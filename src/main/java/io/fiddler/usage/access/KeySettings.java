package io.fiddler.usage.access;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
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

  private static void named(String field, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s must be 1 to 100 letters, digits, blanks or ._@:/-, beginning with a letter or digit, got \"%s\""
              .formatted(field, value.length() > 100 ? value.substring(0, 100) + "..." : value));
    }
  }
}
