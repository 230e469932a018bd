package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A row that is on its way to a default partition while one is made for it: PostgreSQL refuses it
/// there, and takes it when it is sent again.
final class NewPartitionTest {
  private static final String ROW =
      "insert into request_log (id, created_at, tenant, route, stream, status, prompt_tokens, completion_tokens, queue_millis, total_millis, sampling, device)"
          + " values (gen_random_uuid(), '2099-01-02', 'default', '/v1/completions', false, %s, 1, 1, 1, 1, '{}', 'none')";

  private final TestStore store = TestStore.create();

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void row_isToBeSentAgain_whenItsPartitionWasMadeMeanwhile() throws Exception {
    try (Connection upkeep = store.pool().getConnection();
        Statement statement = upkeep.createStatement()) {
      upkeep.setAutoCommit(false);
      statement.execute("select ensure_partition('request_usage', 'month', '2099-01-02')");
      CompletableFuture<SQLException> refusal = CompletableFuture.supplyAsync(this::refusal);
      awaitWaiting();
      upkeep.commit();
      upkeep.setAutoCommit(true);

      SQLException refused = refusal.get();
      assertThat(refused.getMessage()).contains("violates partition constraint");
      assertThat(Reachability.isUnavailable(refused)).isTrue();
      assertThat(store.jdbc().sql(ROW.formatted("200")).update()).isEqualTo(1);
    }
  }

  @Test
  void row_isRefusedForGood_whenItBreaksARuleOfItsTable() {
    store.jdbc().sql("alter table request_log add constraint good check (status < 900)").update();

    assertThat(Reachability.isUnavailable(refusal("999"))).isFalse();
  }

  private SQLException refusal() {
    return refusal("200");
  }

  private SQLException refusal(String status) {
    try (Connection writer = store.pool().getConnection();
        Statement statement = writer.createStatement()) {
      statement.execute(ROW.formatted(status));
      throw new AssertionError("the row was taken");
    } catch (SQLException e) {
      return e;
    }
  }

  /// Until somebody waits for a lock.
  private void awaitWaiting() {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    while (store.count("select count(*) from pg_locks where not granted") == 0) {
      assertThat(System.nanoTime()).as("nobody waits").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
