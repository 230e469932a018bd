package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.store.embedded.EmbeddedPostgres;
import io.fiddler.store.embedded.EmbeddedPostgresOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server of its own, durable as the service's, is stopped or killed while the writer writes.
final class ServerRestartTest {
  private final Path temp;
  private final Workload workload = new Workload();
  private EmbeddedPostgres server;

  ServerRestartTest(@TempDir Path temp) {
    this.temp = temp;
    this.server = start(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everythingIsWritten_whenTheServerIsStoppedAndStartedAgain() {
    try (TestStore store = TestStore.of(database().pool());
        StoreWriter writer = store.writer(store.pool(), workload::model, options())) {
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      server.close();
      workload.run(writer, 200);
      assertThat(writer.flush(Duration.ofMillis(100))).isFalse();
      server = start(server.port());
      workload.run(writer, 50);
      assertThat(writer.flush(PATIENCE)).isTrue();
      workload.assertWritten(workload.report("database restarted", store).write(2));
    }
  }

  @Test
  void everythingIsWrittenOnce_whenTheServerIsKilledInTheMiddleOfABatch() throws Exception {
    try (TestStore store = TestStore.of(database().pool());
        StoreWriter writer = store.writer(store.pool(), workload::model, options())) {
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      TestDatabase direct = database();
      try (Connection inTheWay =
              DriverManager.getConnection(direct.url(), direct.username(), direct.password());
          Statement lock = inTheWay.createStatement()) {
        inTheWay.setAutoCommit(false);
        lock.execute("lock table expert_activation in exclusive mode");
        workload.run(writer, 200);
        // Its rows are in, its counts are not.
        awaitBlocked(store);
        kill();
      }
      workload.run(writer, 30);
      server = start(server.port());
      assertThat(writer.flush(PATIENCE)).isTrue();
      workload.assertWritten(
          workload.report("database killed -9 in the middle of a batch", store).write(3));
    }
  }

  private void kill() throws Exception {
    String pid = Files.readAllLines(server.data().resolve("postmaster.pid")).getFirst().strip();
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    List<ProcessHandle> backends = postmaster.children().toList();
    postmaster.destroyForcibly();
    backends.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle backend : backends) {
      backend.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    server.close();
  }

  private static void awaitBlocked(TestStore store) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (store.count(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into expert_activation%'")
        == 0) {
      assertThat(System.nanoTime()).as("nobody waits").isLessThan(deadline);
    }
  }

  private WriterOptions options() {
    return new WriterOptions(Duration.ofMillis(50), 1000, 10_000, PATIENCE)
        .spooling(temp.resolve("spool"), 1 << 20);
  }

  private EmbeddedPostgres start(int port) {
    return EmbeddedPostgres.start(
        new EmbeddedPostgresOptions(
            temp.resolve("pg"),
            Path.of("target", "postgres", "bin"),
            temp.resolve("shelter"),
            port,
            Map.of()));
  }

  private TestDatabase database() {
    return new TestDatabase(server.jdbcUrl(), server.username(), server.password());
  }
}
