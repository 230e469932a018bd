package io.fiddler.store.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.store.TestStore;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.AuditRow;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyAdministration.Issued;
import io.fiddler.usage.access.KeyForm;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.UnknownKeyException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What people read of what was done about keys.
final class KeyAuditTest {
  private static final Actor BY = new Actor("anna", "10.0.0.7");

  private final TestStore store = TestStore.create();
  private final PostgresAuditLog log = new PostgresAuditLog(store.connection());
  private final AtomicInteger changes = new AtomicInteger();
  private final KeyAdministration administration =
      new KeyAdministration(
          new PostgresApiKeys(store.connection()),
          log,
          Clock.systemUTC(),
          changes::incrementAndGet);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void newKey_isRecordedInWords() {
    Issued issued = administration.create(form("app", "60", "2026-12-31").settings(), BY);

    AuditRow row = log.latest(1, null).getFirst();
    assertThat(row.keyId()).isEqualTo(issued.key().id());
    assertThat(row.detail())
        .isEqualTo(
            "name: app, tenant: default, scopes: inference, requestsPerMinute: 60, priority: 0, expiresAt: 2026-12-31T00:00:00Z");
    assertThat(changes).as("who remembers keys hears of it").hasValue(1);
  }

  @Test
  void change_isRecordedByWhatChanged() {
    String id = administration.create(form("app", "60", null).settings(), BY).key().id();

    administration.change(id, form(null, "none", "2026-12-31")::over, BY);
    administration.change(id, form("other app", null, null)::over, BY);
    administration.change(id, form("other app", null, null)::over, BY);

    assertThat(log.latest(3, null))
        .extracting(AuditRow::detail)
        .containsExactly(
            "nothing is another than before",
            "name: app -> other app",
            "requestsPerMinute: 60 -> none, expiresAt: none -> 2026-12-31T00:00:00Z");
  }

  @Test
  @Timeout(30)
  void changes_areRecordedFromWhatTheKeyWasThen_whenSeveralMakeThem() throws Exception {
    String id = administration.create(form("app", null, null).settings(), BY).key().id();
    Callable<Void> ten =
        () -> {
          for (int i = 0; i < 10; i++) {
            administration.change(id, KeyAuditTest::raised, BY);
          }
          return null;
        };

    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (Future<Void> each : threads.invokeAll(List.of(ten, ten))) {
        each.get();
      }
    }

    assertThat(log.latest(20, null))
        .extracting(AuditRow::detail)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 20)
                .mapToObj(i -> "priority: %d -> %d".formatted(i, i + 1))
                .toList());
  }

  @Test
  void refusedChange_isRecorded_whenThereIsNoSuchKey() {
    assertThatThrownBy(() -> administration.change("nobody", form("a", null, null)::over, BY))
        .isInstanceOf(UnknownKeyException.class);

    AuditRow row = log.latest(1, null).getFirst();
    assertThat(row.outcome()).isEqualTo(AuditRow.REFUSED);
    assertThat(row.detail()).isEqualTo("there is no key \"nobody\"");
  }

  private static KeySettings raised(KeySettings before) {
    return new KeySettings(
        before.name(),
        before.tenant(),
        before.scopes(),
        before.limits(),
        before.priority() + 1,
        before.maxContext(),
        before.expiresAt());
  }

  private static KeyForm form(
      @Nullable String name, @Nullable String requests, @Nullable String expiresAt) {
    return new KeyForm(name, null, null, requests, null, null, null, null, null, expiresAt);
  }
}
