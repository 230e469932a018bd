package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestStore;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.WriterIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTransactionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");

  private final TestStore store = TestStore.create();
  private final WriterIdentity writer = WriterIdentity.create(NOW);
  private final BatchTransaction transaction = new BatchTransaction(store.pool(), writer);

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void write_skipsTheBatch_whenItsNumberIsNotAboveTheLast() throws Exception {
    Batch batch = new Batch(3, List.of(request(NOW)), List.of());
    transaction.write(batch);
    transaction.write(batch);
    transaction.write(new Batch(2, List.of(request(NOW)), List.of()));
    assertThat(rows()).isEqualTo(1);
    transaction.write(new Batch(4, List.of(request(NOW)), List.of()));
    assertThat(rows()).isEqualTo(2);
    assertThat(store.count("select last_batch from writer")).isEqualTo(4);
  }

  /// The connection of the first attempt is lost while the server is still about to commit it.
  @Test
  void write_waitsForTheFirstAttempt_whenThatIsStillUnderWay() throws Exception {
    try (Connection first = store.pool().getConnection();
        PreparedStatement claim =
            first.prepareStatement(
                "insert into writer (id, last_batch, host, pid, started_at) values (?, 1, '', 0, now())")) {
      first.setAutoCommit(false);
      claim.setObject(1, writer.id());
      claim.executeUpdate();
      CompletableFuture<BatchTransaction.Written> second =
          CompletableFuture.supplyAsync(() -> {
            try {
              return transaction.write(new Batch(1, List.of(request(NOW)), List.of()));
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      awaitBlocked();
      first.commit();
      second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(rows()).isZero();
    assertThat(store.count("select last_batch from writer")).isEqualTo(1);
  }

  private void awaitBlocked() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (store.count(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into writer%'")
        == 0) {
      assertThat(System.nanoTime()).as("nobody waits").isLessThan(deadline);
    }
  }

  private long rows() {
    return store.count("select count(*) from request_log");
  }
}
