package io.fiddler.usage.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.KeyVerdict.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class KeyRingTest {
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final Duration OFFLINE = Duration.ofMinutes(15);
  private static final Duration LEFT_ALONE = Duration.ofSeconds(5);
  private static final int CAPACITY = 2;

  private final Kept kept = new Kept();
  private Instant now = Instant.parse("2026-11-23T08:00:00Z");
  private final KeyRing ring =
      new KeyRing(kept, () -> now, new KeyRing.Options(FRESH, OFFLINE, CAPACITY));

  @Test
  void key_isRemembered_withoutAskingAgain_untilItIsNotFresh() {
    KeyText text = kept.add("a");
    assertThat(ring.recall(text.text())).isEmpty();
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
    assertThat(kept.asked).isEqualTo(1);
    now = now.plus(FRESH);
    assertThat(ring.recall(text.text())).isEmpty();
    ring.verify(text.text());
    assertThat(kept.asked).isEqualTo(2);
  }

  @Test
  void disabledKey_countsNoMore_onceItIsAnnounced() {
    KeyText text = kept.add("a");
    ring.verify(text.text());
    kept.keys.computeIfPresent(text.id(), (_, key) -> key.disabled(true));
    now = now.plusMillis(1);
    ring.refresh();
    now = now.plusMillis(1);
    assertThat(ring.verify(text.text())).isEqualTo(new KeyVerdict.Refused(Reason.DISABLED));
    assertThat(ring.recall(text.text())).hasValue(new KeyVerdict.Refused(Reason.DISABLED));
  }

  @Test
  void wrongSecret_isRefused_andPushesNobodyOut() {
    KeyText text = kept.add("a");
    ring.verify(text.text());
    for (int i = 0; i < 5; i++) {
      KeyText other = kept.add("other-" + i);
      String guessed = other.text().substring(0, 17) + "A".repeat(43);
      assertThat(ring.verify(guessed)).isEqualTo(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    assertThat(ring.recall(text.text())).isPresent();
    assertThat(ring.verify("sk-1234")).isEqualTo(new KeyVerdict.Refused(Reason.UNKNOWN));
    assertThat(ring.verify(text.text() + "x")).isEqualTo(new KeyVerdict.Refused(Reason.UNKNOWN));
  }

  @Test
  void rememberedKey_counts_whileTheDatabaseIsDown_andUnknownOnesCannotBeTold() {
    KeyText known = kept.add("known");
    KeyText unknown = kept.add("unknown");
    ring.verify(known.text());
    kept.down = true;
    now = now.plus(FRESH).plusSeconds(1);
    assertThat(ring.verify(known.text())).isInstanceOf(KeyVerdict.Known.class);
    int asked = kept.asked;
    assertThat(ring.verify(known.text())).isInstanceOf(KeyVerdict.Known.class);
    assertThat(kept.asked).as("a database that is down is left alone").isEqualTo(asked);
    assertThat(ring.verify(unknown.text())).isInstanceOf(KeyVerdict.Unavailable.class);
    now = now.plus(OFFLINE);
    assertThat(ring.verify(known.text())).isInstanceOf(KeyVerdict.Unavailable.class);
    kept.down = false;
    now = now.plus(LEFT_ALONE);
    assertThat(ring.verify(known.text())).isInstanceOf(KeyVerdict.Known.class);
  }

  @Test
  void madeUpKeys_leaveADatabaseAlone_thatDoesNotAnswer() {
    kept.down = true;
    for (int i = 0; i < 50; i++) {
      KeyText madeUp = KeyText.create(kept.random);
      assertThat(ring.verify(madeUp.text())).isInstanceOf(KeyVerdict.Unavailable.class);
      assertThat(ring.recall(madeUp.text())).as("told without waiting").isPresent();
      now = now.plusMillis(20);
    }
    assertThat(kept.asked).isEqualTo(1);
    now = now.plus(LEFT_ALONE);
    ring.verify(KeyText.create(kept.random).text());
    assertThat(kept.asked).as("it is tried again, however many come").isEqualTo(2);
  }

  @Test
  void oneRequestOnly_waitsForADatabaseThatDidNotAnswer() {
    KeyText known = kept.add("known");
    ring.verify(known.text());
    now = now.plus(FRESH);
    kept.down = true;
    ring.verify(known.text());
    now = now.plus(LEFT_ALONE);
    List<Optional<KeyVerdict>> meanwhile = new ArrayList<>();
    kept.whileAsked = () -> meanwhile.add(ring.recall(known.text()));

    ring.verify(KeyText.create(kept.random).text());

    assertThat(meanwhile)
        .singleElement()
        .satisfies(verdict -> assertThat(verdict).containsInstanceOf(KeyVerdict.Known.class));
  }

  @Test
  void database_isAskedAtOnce_whenItWasHeardOf() {
    KeyText text = kept.add("a");
    kept.down = true;
    ring.verify(text.text());
    kept.down = false;

    ring.refresh();

    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
  }

  @Test
  void madeUpKey_isAskedForOnce_untilItIsNotFresh() {
    KeyText madeUp = KeyText.create(kept.random);
    for (int i = 0; i < 50; i++) {
      assertThat(ring.verify(madeUp.text())).isEqualTo(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    assertThat(kept.asked).isEqualTo(1);
    now = now.plus(FRESH);
    ring.verify(madeUp.text());
    assertThat(kept.asked).isEqualTo(2);
    kept.down = true;
    now = now.plus(FRESH);
    assertThat(ring.verify(madeUp.text())).isInstanceOf(KeyVerdict.Unavailable.class);
  }

  @Test
  void guessedSecrets_askForTheirKeyOnce_andLeaveItToWhoeverKnowsIt() {
    KeyText text = kept.add("a");
    for (int i = 0; i < 50; i++) {
      String guessed = KeyText.another(text.id(), kept.random).text();
      assertThat(ring.verify(guessed)).isEqualTo(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    assertThat(kept.asked).isEqualTo(1);
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
  }

  @Test
  void newKey_countsAtOnce_whenItWasAskedForBefore() {
    KeyText text = KeyText.create(kept.random);
    ring.verify(text.text());
    now = now.plusMillis(1);
    kept.add("a", text);

    ring.refresh();

    now = now.plusMillis(1);
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
  }

  @Test
  void madeUpKeys_pushNobodyOut_howeverMany() {
    KeyText text = kept.add("a");
    ring.verify(text.text());
    for (int i = 0; i < 1_000; i++) {
      ring.verify(KeyText.create(kept.random).text());
    }
    int asked = kept.asked;
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
    assertThat(kept.asked).isEqualTo(asked);
    assertThat(ring.size()).isLessThanOrEqualTo(2 * CAPACITY);
  }

  @Test
  void expiredKey_isRefused_fromItsMomentOn() {
    KeyText text = kept.add("a");
    kept.keys.computeIfPresent(
        text.id(),
        (_, key) ->
            key.with(
                new KeySettings(
                    "a",
                    "default",
                    EnumSet.of(Scope.READ),
                    KeyLimits.NONE,
                    0,
                    null,
                    now.plusSeconds(5))));
    assertThat(ring.verify(text.text())).isInstanceOf(KeyVerdict.Known.class);
    now = now.plusSeconds(5);
    assertThat(ring.verify(text.text())).isEqualTo(new KeyVerdict.Refused(Reason.EXPIRED));
  }

  /// Keys in memory, and a switch.
  private static final class Kept implements ApiKeys {
    private final Map<String, StoredKey> keys = new HashMap<>();
    private final SecureRandom random = new SecureRandom();
    private boolean down;
    private int asked;
    private Runnable whileAsked = () -> {};

    KeyText add(String name) {
      KeyText text = KeyText.create(random);
      add(name, text);
      return text;
    }

    void add(String name, KeyText text) {
      KeySettings settings =
          new KeySettings(
              name, "default", EnumSet.of(Scope.INFERENCE), KeyLimits.NONE, 0, null, null);
      ApiKey key = new ApiKey(text.id(), settings, false, Instant.EPOCH, null);
      keys.put(text.id(), new StoredKey(key, text.digest(), null, null));
    }

    @Override
    public Optional<StoredKey> find(String id) {
      asked++;
      whileAsked.run();
      if (down) {
        throw new StoreUnavailableException("the database does not answer", null);
      }
      return Optional.ofNullable(keys.get(id));
    }

    @Override
    public List<ApiKey> list() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void create(StoredKey key, AuditRow audit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ApiKey> change(String id, Function<StoredKey, Change> change) {
      throw new UnsupportedOperationException();
    }
  }
}
