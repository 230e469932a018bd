package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExactlyOnceTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");

  @ParameterizedTest
  @EnumSource
  void batch_isWrittenOnce_whenTheConnectionIsCutAroundItsCommit(CuttingProxy.Cut cut)
      throws Exception {
    Counters counters = new Counters(new ExpertGrid(List.of(2)));
    TestDatabase database = TestDatabase.create();
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool();
        StoreWriter writer =
            store.writer(pool, () -> counters.as("print"), WriterOptions.defaults())) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.cut(cut);
      for (int i = 0; i < 10; i++) {
        writer.append(request(NOW));
      }
      counters.count("t", Phase.DECODE, 0, 1, 7);
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(proxy.hasCut()).isTrue();
      assertThat(store.count("select count(*) from request_log")).isEqualTo(10);
      assertThat(store.count("select sum(counts[2]) from expert_activation")).isEqualTo(7);
      assertThat(store.count("select max(last_batch) from writer"))
          .isEqualTo(writer.status().lastBatch());
    }
  }

  @Test
  void writing_goesOn_whenTheDatabaseWasAway() throws Exception {
    Counters counters = new Counters(new ExpertGrid(List.of(2)));
    TestDatabase database = TestDatabase.create();
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool();
        StoreWriter writer =
            store.writer(
                pool,
                () -> counters.as("print"),
                new WriterOptions(Duration.ofMillis(50), 4, 10, PATIENCE))) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().available()).isTrue();
      proxy.down();
      for (int i = 0; i < 15; i++) {
        writer.append(request(NOW));
        counters.count("t", Phase.PREFILL, 0, 0, 2);
      }
      assertThat(writer.flush(Duration.ofMillis(500))).isFalse();
      assertThat(writer.status().available()).isFalse();
      assertThat(writer.status().lastError()).isNotBlank();
      assertThat(writer.status().bufferedRequests()).isEqualTo(10);
      assertThat(writer.status().droppedRequests()).isEqualTo(5);
      counters.count("t", Phase.PREFILL, 0, 0, 3);
      proxy.up();
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().available()).isTrue();
      assertThat(writer.status().lastError()).isNull();
      assertThat(writer.status().bufferedRequests()).isZero();
      assertThat(store.count("select count(*) from request_log")).isEqualTo(10);
      assertThat(store.count("select sum(counts[1]) from expert_activation")).isEqualTo(33);
    }
  }

  @Test
  void close_endsInTime_whenTheDatabaseStaysAway() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool()) {
      StoreWriter writer =
          store.writer(
              pool,
              Optional::empty,
              new WriterOptions(Duration.ofSeconds(1), 4, 10, Duration.ofSeconds(1)));
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.down();
      writer.append(request(NOW));
      long begin = System.nanoTime();
      writer.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
      assertThat(writer.status().bufferedRequests()).isEqualTo(1);
      writer.append(request(NOW));
      assertThat(writer.status().droppedRequests()).isEqualTo(1);
      assertThat(writer.flush(PATIENCE)).isFalse();
    }
  }
}
