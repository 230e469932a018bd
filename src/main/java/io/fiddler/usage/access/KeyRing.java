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

  /// What the database had under ids of which nobody has shown the secret, nothing mostly: apart,
  /// since whoever makes up ids must not push others out.
  private final Map<String, Remembered> strangers;

  private Instant staleBefore = Instant.MIN;
  private Instant leaveAloneUntil = Instant.MIN;
  private String whyLeftAlone = "";

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
    this.remembered = atMost(options.capacity());
    this.strangers = atMost(options.capacity());
  }

  private record Remembered(@Nullable StoredKey key, Instant readAt) {
    KeyVerdict judge(KeyText text, Instant now) {
      return key == null ? new KeyVerdict.Refused(Reason.UNKNOWN) : KeyRing.judge(key, text, now);
    }
  }

  /// Forgets what was not used for longest.
  private static Map<String, Remembered> atMost(int capacity) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
        return size() > capacity;
      }
    };
  }

  /// What is known of a text without asking the database; empty if that has to be asked. Never
  /// blocks.
  public Optional<KeyVerdict> recall(String sent) {
    Optional<KeyText> text = KeyText.parse(sent);
    if (text.isEmpty()) {
      return Optional.of(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    Instant now = clock.instant();
    synchronized (this) {
      String id = text.get().id();
      Remembered known = remembered.containsKey(id) ? remembered.get(id) : strangers.get(id);
      if (known != null && isFresh(known, now)) {
        return Optional.of(judged(text.get(), known, now));
      }
      return now.isBefore(leaveAloneUntil)
          ? Optional.of(offline(text.get(), now))
          : Optional.empty();
    }
  }

  private boolean isFresh(Remembered known, Instant now) {
    return known.readAt.isAfter(staleBefore) && now.isBefore(known.readAt.plus(options.fresh()));
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

  /// What is remembered may have changed: the database, of which this was heard, is asked again.
  public synchronized void refresh() {
    staleBefore = clock.instant();
    leaveAloneUntil = Instant.MIN;
    strangers.clear();
  }

  /// Ids of which something is known.
  synchronized int size() {
    return remembered.size() + strangers.size();
  }

  private KeyVerdict ask(KeyText text) {
    Instant asked = clock.instant();
    synchronized (this) {
      if (!leaveAloneUntil.equals(Instant.MIN)) {
        // Only one waits for a database that did not answer last.
        leaveAloneUntil = asked.plus(RETRY);
      }
    }
    Optional<StoredKey> found;
    try {
      found = keys.find(text.id());
    } catch (StoreUnavailableException e) {
      synchronized (this) {
        Instant now = clock.instant();
        leaveAloneUntil = now.plus(RETRY);
        whyLeftAlone = String.valueOf(e.getMessage());
        return offline(text, now);
      }
    }
    synchronized (this) {
      leaveAloneUntil = Instant.MIN;
      return judged(text, new Remembered(found.orElse(null), asked), asked);
    }
  }

  /// Judges by what was read last, and remembers it.
  private KeyVerdict judged(KeyText text, Remembered read, Instant now) {
    KeyVerdict verdict = read.judge(text, now);
    boolean wasShown = verdict instanceof KeyVerdict.Known || remembered.containsKey(text.id());
    boolean isKey = read.key != null && wasShown;
    (isKey ? strangers : remembered).remove(text.id());
    (isKey ? remembered : strangers).put(text.id(), read);
    return verdict;
  }

  private KeyVerdict offline(KeyText text, Instant now) {
    @Nullable Remembered known = remembered.get(text.id());
    return known != null && now.isBefore(known.readAt.plus(options.offline()))
        ? known.judge(text, now)
        : new KeyVerdict.Unavailable(whyLeftAlone);
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
