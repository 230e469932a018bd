package io.fiddler.usage.access;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.KeyVerdict.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Knows keys, and remembers those that were shown lately: for a short time without asking the
/// database again, and for longer while that does not answer. Any thread.
public final class KeyRing {
  /// How long a database that did not answer is left alone.
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final ApiKeys keys;
  private final InstantSource clock;
  private final Options options;
  private final Map<String, Remembered> remembered;
  private Instant staleBefore = Instant.MIN;
  private Instant leaveAloneUntil = Instant.MIN;

  /// How long keys are remembered.
  ///
  /// @param fresh without asking again
  /// @param offline while the database does not answer, from when it last did
  /// @param capacity most keys
  public record Options(Duration fresh, Duration offline, int capacity) {}

  /// Remembers none.
  public KeyRing(ApiKeys keys, InstantSource clock, Options options) {
    this.keys = keys;
    this.clock = clock;
    this.options = options;
    this.remembered =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > options.capacity();
          }
        };
  }

  private record Remembered(StoredKey key, Instant readAt) {}

  /// What is known of a text without asking the database; empty if that has to be asked. Never
  /// blocks.
  public Optional<KeyVerdict> recall(String sent) {
    Optional<KeyText> text = KeyText.parse(sent);
    if (text.isEmpty()) {
      return Optional.of(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    Instant now = clock.instant();
    synchronized (this) {
      Remembered known = remembered.get(text.get().id());
      if (known == null) {
        return Optional.empty();
      }
      boolean fresh =
          known.readAt.isAfter(staleBefore) && now.isBefore(known.readAt.plus(options.fresh()));
      boolean asGoodAsItGets = now.isBefore(leaveAloneUntil) && isUsableOffline(known, now);
      return fresh || asGoodAsItGets
          ? Optional.of(judge(known.key, text.get(), now))
          : Optional.empty();
    }
  }

  /// What is known of a text, from the database if need be. Blocking.
  public KeyVerdict verify(String sent) {
    Optional<KeyVerdict> recalled = recall(sent);
    return recalled.isPresent()
        ? recalled.get()
        : KeyText.parse(sent)
            .map(this::ask)
            .orElseGet(() -> new KeyVerdict.Refused(Reason.UNKNOWN));
  }

  /// What is remembered may have changed: the database is asked again.
  public synchronized void refresh() {
    staleBefore = clock.instant();
  }

  private KeyVerdict ask(KeyText text) {
    Instant asked = clock.instant();
    Optional<StoredKey> found;
    try {
      found = keys.find(text.id());
    } catch (StoreUnavailableException e) {
      return offline(text, String.valueOf(e.getMessage()));
    }
    synchronized (this) {
      leaveAloneUntil = Instant.MIN;
      if (found.isEmpty()) {
        remembered.remove(text.id());
        return new KeyVerdict.Refused(Reason.UNKNOWN);
      }
      KeyVerdict verdict = judge(found.get(), text, asked);
      // Who does not know a secret must not push others out.
      if (verdict instanceof KeyVerdict.Known || remembered.containsKey(text.id())) {
        remembered.put(text.id(), new Remembered(found.get(), asked));
      }
      return verdict;
    }
  }

  private synchronized KeyVerdict offline(KeyText text, String why) {
    Instant now = clock.instant();
    leaveAloneUntil = now.plus(RETRY);
    @Nullable Remembered known = remembered.get(text.id());
    return known != null && isUsableOffline(known, now)
        ? judge(known.key, text, now)
        : new KeyVerdict.Unavailable(why);
  }

  private boolean isUsableOffline(Remembered known, Instant now) {
    return now.isBefore(known.readAt.plus(options.offline()));
  }

  private static KeyVerdict judge(StoredKey stored, KeyText text, Instant now) {
    if (!stored.isKnownBy(text.digest(), now)) {
      return new KeyVerdict.Refused(Reason.UNKNOWN);
    }
    if (stored.key().disabled()) {
      return new KeyVerdict.Refused(Reason.DISABLED);
    }
    return stored.key().isExpired(now)
        ? new KeyVerdict.Refused(Reason.EXPIRED)
        : new KeyVerdict.Known(stored.key());
  }
}
