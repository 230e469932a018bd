package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Faults of the process itself, and a database that answers but says no.
final class WriterFaultsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");
  private static final Duration INTERVAL = Duration.ofMillis(20);

  @TempDir private Path temp;
  private final TestDatabase database = TestDatabase.create();
  private final TestStore store = TestStore.of(database.pool());
  private final AtomicBoolean broken = new AtomicBoolean();

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Optional<CountedModel> model() {
    if (broken.get()) {
      throw new StackOverflowError("as the test wants it");
    }
    return Optional.empty();
  }

  @Test
  void writing_goesOn_afterAnError() {
    try (StoreWriter writer = store.writer(store.pool(), this::model, options())) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      broken.set(true);
      writer.append(TestStore.request(NOW));
      await(writer, () -> writer.status().lastError() != null);
      assertThat(writer.status().available()).isFalse();
      assertThat(writer.status().lastError()).isEqualTo("as the test wants it");

      broken.set(false);

      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().available()).isTrue();
    }
    assertThat(store.count("select count(*) from request_log")).isEqualTo(1);
  }

  @Test
  void writing_goesOn_afterAnErrorWhileTheDatabaseIsDown() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(database);
        var pool = database.through(proxy.port()).pool();
        StoreWriter writer = store.writer(pool, this::model, options())) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.down();
      await(writer, () -> !writer.status().available());
      broken.set(true);
      writer.append(TestStore.request(NOW));
      await(writer, () -> "as the test wants it".equals(writer.status().lastError()));
      broken.set(false);
      proxy.up();

      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    assertThat(store.count("select count(*) from request_log")).isEqualTo(1);
  }

  @Test
  void flush_ends_howeverManyTracesCome() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    try (StoreWriter writer = store.writer(Optional::empty)) {
      Thread traffic =
          Thread.ofVirtual()
              .start(() -> {
                while (!enough.get()) {
                  writer.append(trace());
                  Thread.onSpinWait();
                }
              });
      try {
        assertThat(writer.flush(PATIENCE)).isTrue();
        assertThat(writer.flush(PATIENCE)).isTrue();
      } finally {
        enough.set(true);
        traffic.join();
      }
    }
  }

  @Test
  void spoolThatTheDatabaseRefuses_isTriedEverLessOften_andStopsNothingElse() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(database);
        var pool = database.through(proxy.port()).pool();
        StoreWriter dies =
            store.writer(
                pool,
                Optional::empty,
                new WriterOptions(INTERVAL, 100, 100, Duration.ZERO)
                    .spooling(temp.resolve("spool"), 1 << 20))) {
      assertThat(dies.flush(PATIENCE)).isTrue();
      proxy.down();
      dies.append(poison());
      await(dies, () -> dies.status().spool().requests() == 1);
    }
    store
        .jdbc()
        .sql(
            """
            create sequence attempt;
            create function refuse() returns trigger language plpgsql as $$
            begin
              if new.route = 'poison' then
                raise exception 'refused % times', nextval('attempt') using errcode = 'XX000';
              end if;
              return new;
            end
            $$;
            create trigger refuse before insert on request_log for each row execute function refuse()
            """)
        .update();
    try (StoreWriter writer = store.writer(store.pool(), Optional::empty, options())) {
      for (int i = 0; i < 200; i++) {
        writer.append(TestStore.request(NOW));
        assertThat(writer.flush(PATIENCE)).isTrue();
      }
      await(writer, () -> attempts() > 0);
      assertThat(writer.status().available()).isTrue();
      assertThat(writer.status().lastError()).isNull();
    }
    assertThat(store.count("select count(*) from request_log")).isEqualTo(200);
    assertThat(attempts()).isLessThan(20);
  }

  private long attempts() {
    return store.count("select case when is_called then last_value else 0 end from attempt");
  }

  private WriterOptions options() {
    return new WriterOptions(INTERVAL, 1000, 100_000, PATIENCE)
        .spooling(temp.resolve("spool"), 64 << 20);
  }

  private static RequestRecord poison() {
    RequestRecord good = TestStore.request(NOW);
    return new RequestRecord(
        UUID.randomUUID(),
        NOW,
        good.tenant(),
        null,
        "poison",
        false,
        200,
        0,
        0,
        0,
        null,
        1,
        null,
        "{}",
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static TraceRecord trace() {
    return new TraceRecord(
        UUID.randomUUID(), NOW, "default", "print", new ExpertTrace(0, 1, 1, 2, new short[2]));
  }

  private static void await(StoreWriter writer, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s", writer.status()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
