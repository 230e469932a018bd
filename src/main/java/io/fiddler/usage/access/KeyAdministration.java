package io.fiddler.usage.access;

import io.fiddler.usage.Durations;
import io.fiddler.usage.access.ApiKeys.Change;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What administrators do about keys. Blocking.
public final class KeyAdministration {
  /// Longest time for which a secret that was replaced may still count.
  public static final Duration LONGEST_GRACE = Duration.ofDays(30);

  private final ApiKeys keys;
  private final AuditLog log;
  private final InstantSource clock;
  private final Runnable changed;
  private final SecureRandom random = new SecureRandom();

  /// @param keys where they are kept
  /// @param log where it is recorded what was refused
  /// @param clock the time
  /// @param changed told of every change once it is made, so that this process heeds it at once;
  ///   others hear of it from the database
  public KeyAdministration(ApiKeys keys, AuditLog log, InstantSource clock, Runnable changed) {
    this.keys = keys;
    this.log = log;
    this.clock = clock;
    this.changed = changed;
  }

  /// A key with its text, which nobody can read again.
  ///
  /// @param key who it is
  /// @param text what its owner sends
  public record Issued(ApiKey key, KeyText text) {}

  /// Makes a key.
  ///
  /// @throws NameTakenException if another key has its name
  public Issued create(KeySettings settings, Actor by) {
    KeyText text = KeyText.create(random);
    AuditRow audit = row(by, "create", text.id(), settings.text());
    ApiKey key = new ApiKey(text.id(), settings, false, audit.at(), null);
    return recorded(
        audit,
        () -> {
          keys.create(new StoredKey(key, text.digest(), null, null), audit);
          changed.run();
          return new Issued(key, text);
        });
  }

  /// All, by name.
  public List<ApiKey> list() {
    return keys.list();
  }

  /// One.
  ///
  /// @throws UnknownKeyException if there is none
  public ApiKey find(String id) {
    return keys.find(sayable(id))
        .map(StoredKey::key)
        .orElseThrow(() -> new UnknownKeyException(id));
  }

  /// Changes what was decided about one.
  ///
  /// @throws UnknownKeyException if there is none
  /// @throws NameTakenException if another key has the new name
  public ApiKey change(String id, UnaryOperator<KeySettings> change, Actor by) {
    AuditRow audit = row(by, "change", id, null);
    return change(
        id,
        key -> {
          KeySettings before = key.key().settings();
          KeySettings after = change.apply(before);
          return new Change(key.with(after), audit.detailed(after.changesFrom(before)));
        },
        audit);
  }

  /// Ends its use, or lets it be used again.
  ///
  /// @throws UnknownKeyException if there is none
  public ApiKey disable(String id, boolean disabled, Actor by) {
    AuditRow audit = row(by, disabled ? "disable" : "enable", id, null);
    return change(id, key -> new Change(key.disabled(disabled), audit), audit);
  }

  /// Gives it another secret.
  ///
  /// @param grace how long the present one still counts
  /// @throws UnknownKeyException if there is none
  /// @throws IllegalArgumentException if `grace` is negative or over [#LONGEST_GRACE]
  public Issued rotate(String id, Duration grace, Actor by) {
    if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
      throw new IllegalArgumentException(
          "grace must be from 0s to %dd, got %s"
              .formatted(LONGEST_GRACE.toDays(), Durations.text(grace)));
    }
    KeyText text = KeyText.another(id, random);
    AuditRow audit = row(by, "rotate", id, "the secret before counts for " + Durations.text(grace));
    Instant now = audit.at();
    return new Issued(
        change(
            id, key -> new Change(key.rotated(text.digest(), now, now.plus(grace)), audit), audit),
        text);
  }

  /// @param audit what is recorded if it is refused
  private ApiKey change(String id, Function<StoredKey, Change> change, AuditRow audit) {
    String _ = sayable(id);
    ApiKey key =
        recorded(
            audit, () -> keys.change(id, change).orElseThrow(() -> new UnknownKeyException(id)));
    changed.run();
    return key;
  }

  /// The database can neither look for an id with this character nor record that somebody tried.
  private static String sayable(String id) {
    if (id.indexOf('\0') >= 0) {
      throw new UnknownKeyException(id.replace('\0', '?'));
    }
    return id;
  }

  private <T> T recorded(AuditRow audit, Supplier<T> action) {
    try {
      return action.get();
    } catch (NameTakenException | UnknownKeyException e) {
      log.record(audit.refused(String.valueOf(e.getMessage())));
      throw e;
    }
  }

  private AuditRow row(Actor by, String action, String id, @Nullable String detail) {
    // As the database keeps times.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new AuditRow(0, now, by, action, id, AuditRow.DONE, detail);
  }
}
