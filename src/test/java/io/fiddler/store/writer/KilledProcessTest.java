package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.CuttingProxy;
import io.fiddler.store.FaultReport;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process that writes is killed with SIGKILL, and another one started.
final class KilledProcessTest {
  @TempDir private Path spool;
  private final TestDatabase database = TestDatabase.create();
  private final TestStore store = TestStore.of(database.pool());

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void onlyTheLastIntervalIsLost_whenTheDatabaseAnswered() throws Exception {
    WriterProcess process = WriterProcess.start(database, spool);
    try (process) {
      process.tell("run 500");
      process.tell("flush");
      process.tell("run 50");
      process.kill();
    }
    startAgain();
    FaultReport report =
        FaultReport.of("service killed -9", process.rows(), process.counts(), store).write(15);
    // What was handed over after the flush may be written or not.
    assertThat(report.writtenRows()).isBetween(500L, 550L);
    assertThat(report.twice()).isZero();
  }

  @Test
  void nothingIsLost_whenTheDatabaseWasDownAndRowsOnDisk() throws Exception {
    WriterProcess process;
    try (CuttingProxy proxy = new CuttingProxy(database)) {
      process = WriterProcess.start(database.through(proxy.port()), spool);
      try (process) {
        process.tell("run 500");
        process.tell("flush");
        proxy.down();
        process.tell("run 300");
        process.tell("spool");
        process.tell("run 200");
        process.tell("spool");
        process.kill();
      }
    }
    assertThat(files()).isOne();
    startAgain();
    FaultReport report =
        FaultReport.of("database down, service killed -9", process.rows(), process.counts(), store)
            .write(16);
    assertThat(report.writtenRows()).isEqualTo(1000);
    assertThat(report.twice()).isZero();
    assertThat(report.writtenCounts()).isEqualTo(process.counts());
  }

  /// The batch was committed, the process never heard of it, spooled it and was killed.
  @Test
  void nothingIsWrittenTwice_whenTheAnswerOfTheCommitWasLostBefore() throws Exception {
    WriterProcess process;
    try (CuttingProxy proxy = new CuttingProxy(database)) {
      process = WriterProcess.start(database.through(proxy.port()), spool);
      try (process) {
        process.tell("flush");
        proxy.cut(CuttingProxy.Cut.AFTER_COMMIT);
        proxy.downAfterCut();
        process.tell("run 400");
        // On a busy machine they may be on disk before the database has them.
        proxy.awaitCut();
        process.tell("spool");
        process.tell("run 100");
        process.tell("spool");
        process.kill();
      }
    }
    assertThat(store.count("select count(*) from request_log")).isPositive();
    startAgain();
    FaultReport report =
        FaultReport.of(
                "COMMIT's answer lost, service killed -9", process.rows(), process.counts(), store)
            .write(17);
    assertThat(report.writtenRows()).isEqualTo(500);
    assertThat(report.twice()).isZero();
    assertThat(report.writtenCounts()).isEqualTo(process.counts());
  }

  /// Killed again and again while it writes what the one before left.
  @Test
  void everythingIsWrittenOnce_whenTheReplayIsKilledToo() throws Exception {
    WriterProcess first;
    try (CuttingProxy proxy = new CuttingProxy(database)) {
      first = WriterProcess.start(database.through(proxy.port()), spool);
      try (first) {
        first.tell("flush");
        proxy.down();
        for (int i = 0; i < 20; i++) {
          first.tell("run 100");
          first.tell("spool");
        }
        first.kill();
      }
    }
    for (int i = 0; i < 3; i++) {
      try (WriterProcess replaying = WriterProcess.start(database, spool)) {
        replaying.tell("flush");
        replaying.kill();
      }
    }
    startAgain();
    FaultReport report =
        FaultReport.of(
                "service killed -9, and again while it replays",
                first.rows(),
                first.counts(),
                store)
            .write(18);
    assertThat(report.writtenRows()).isEqualTo(2000);
    assertThat(report.twice()).isZero();
    assertThat(report.writtenCounts()).isEqualTo(first.counts());
  }

  private void startAgain() throws Exception {
    WriterOptions options =
        new WriterOptions(Duration.ofMillis(20), 1000, 1000, PATIENCE).spooling(spool, 1 << 20);
    try (StoreWriter writer =
        StoreWriter.start(store.pool(), store.migrations(), Optional::empty, options)) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (files() > 0) {
        assertThat(System.nanoTime()).as("a spool is left").isLessThan(deadline);
      }
    }
  }

  private long files() throws Exception {
    try (Stream<Path> files = Files.list(spool)) {
      return files.count();
    }
  }
}
