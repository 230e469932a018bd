package io.fiddler.usage.access;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an administrator asks for in words, of a new key or of one that is to change. What is left
/// out (null) has its default or stays as it is; [#NONE] takes a limit away.
public record KeyForm(
    @Nullable String name,
    @Nullable String tenant,
    @Nullable List<String> scopes,
    @Nullable String requestsPerMinute,
    @Nullable String tokensPerMinute,
    @Nullable String concurrentRequests,
    @Nullable String monthlyTokens,
    @Nullable String priority,
    @Nullable String maxContext,
    @Nullable String expiresAt) {
  /// No limit.
  public static final String NONE = "none";

  private static final String DEFAULT_TENANT = "default";

  /// Beyond what the database keeps, and anybody means.
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /// Under these stand actions of the settings' key, of commands and of those without a key.
  private static final Pattern RESERVED = Pattern.compile("(?i)admin|operator|command(:.*)?");

  private static final Pattern SHORT = Pattern.compile("(\\d{1,6})(s|m|h|d)");

  /// The settings of a new key: for inference, without limits, unless it says otherwise.
  ///
  /// @throws IllegalArgumentException with a sentence on the first field that is wrong
  public KeySettings settings() {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name must be given");
    }
    return over(
        new KeySettings(
            name(name.strip()),
            DEFAULT_TENANT,
            EnumSet.of(Scope.INFERENCE),
            KeyLimits.NONE,
            0,
            null,
            null));
  }

  /// These settings, changed as asked for.
  ///
  /// @throws IllegalArgumentException with a sentence on the first field that is wrong
  public KeySettings over(KeySettings before) {
    KeyLimits limits = before.limits();
    Integer context = before.maxContext();
    Long maximum =
        limit(
            "maxContext",
            maxContext,
            context == null ? null : context.longValue(),
            Integer.MAX_VALUE);
    Long rank = number("priority", priority, -KeySettings.MOST_PRIORITY, KeySettings.MOST_PRIORITY);
    return new KeySettings(
        name == null ? before.name() : name(name.strip()),
        tenant == null ? before.tenant() : tenant.strip(),
        scopes == null ? before.scopes() : scopes(scopes),
        new KeyLimits(
            limit(
                "requestsPerMinute",
                requestsPerMinute,
                limits.requestsPerMinute(),
                Integer.MAX_VALUE),
            limit("tokensPerMinute", tokensPerMinute, limits.tokensPerMinute(), Long.MAX_VALUE),
            limit(
                "concurrentRequests",
                concurrentRequests,
                limits.concurrentRequests(),
                Integer.MAX_VALUE),
            limit("monthlyTokens", monthlyTokens, limits.monthlyTokens(), Long.MAX_VALUE)),
        rank == null ? before.priority() : rank.intValue(),
        maximum == null ? null : Integer.valueOf(maximum.intValue()),
        orNone(expiresAt, before.expiresAt(), KeyForm::moment));
  }

  /// A time such as `30s`, `12h` or `7d`; none at all if it is left out.
  ///
  /// @throws IllegalArgumentException with a sentence if it is something else
  public static Duration duration(String field, @Nullable String text) {
    if (text == null) {
      return Duration.ZERO;
    }
    Matcher matcher = SHORT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s must be a time such as 30s, 15m, 12h or 7d, got %s".formatted(field, text));
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /// A whole number in `[least, most]`; null if it is left out.
  ///
  /// @throws IllegalArgumentException with a sentence if it is something else
  public static @Nullable Long number(String field, @Nullable String text, long least, long most) {
    if (text == null) {
      return null;
    }
    try {
      long number = Long.parseLong(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "%s must be a whole number in [%d, %d], got %s".formatted(field, least, most, text));
  }

  private static @Nullable Long limit(
      String field, @Nullable String text, @Nullable Long before, long most) {
    return orNone(text, before, value -> number(field, value, 1, most));
  }

  private static <T> @Nullable T orNone(
      @Nullable String text, @Nullable T before, Function<String, @Nullable T> read) {
    if (text == null) {
      return before;
    }
    return text.strip().toLowerCase(Locale.ROOT).equals(NONE) ? null : read.apply(text);
  }

  private static String name(String name) {
    if (RESERVED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name must not be admin, operator, command or command:..., under which others' actions stand, got \"%s\""
              .formatted(name));
    }
    return name;
  }

  private static Set<Scope> scopes(List<String> names) {
    EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
    names.forEach(name -> scopes.add(Scope.of(name.strip())));
    return scopes;
  }

  private static Instant moment(String value) {
    try {
      Instant moment =
          value.contains("T")
              ? OffsetDateTime.parse(value.strip()).toInstant()
              : LocalDate.parse(value.strip()).atStartOfDay(ZoneOffset.UTC).toInstant();
      if (moment.isBefore(Instant.EPOCH) || moment.isAfter(LATEST)) {
        throw new IllegalArgumentException("expiresAt must be between 1970 and 9999, got " + value);
      }
      return moment;
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expiresAt must be a time such as 2026-01-31T08:00:00Z or a date such as 2026-01-31, got "
              + value,
          e);
    }
  }
}
