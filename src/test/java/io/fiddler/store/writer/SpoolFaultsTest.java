package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.FaultReport;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Faults of the way to the database and of the disk, each with the counts of what was handed over
/// and of what is written.
final class SpoolFaultsTest {
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final Duration FOR_EVER = Duration.ofDays(1);
  private static final long MUCH = 64 << 20;

  @TempDir private Path temp;
  private final TestDatabase database = TestDatabase.create();
  private final TestStore store = TestStore.of(database.pool());
  private final Workload workload = new Workload();
  private final CuttingProxy proxy;
  private final HikariDataSource pool;

  SpoolFaultsTest() throws IOException {
    proxy = new CuttingProxy(database);
    pool = database.through(proxy.port()).pool();
  }

  @BeforeEach
  void waitForTheDatabase() {
    try (StoreWriter writer = writer(options(MUCH))) {
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
  }

  @AfterEach
  void close() throws IOException {
    pool.close();
    proxy.close();
    store.close();
  }

  @Test
  void rows_goToDiskAndThenToTheDatabase_whenItIsDownForAWhile() throws Exception {
    try (StoreWriter writer = writer(options(MUCH))) {
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.down();
      for (int i = 0; i < 5; i++) {
        workload.run(writer, 100);
        long expected = 100L * (i + 1);
        await(writer, () -> writer.status().spool().requests() == expected, "rows on disk");
      }
      await(writer, () -> writer.status().requestsInMemory() == 0, "nothing in memory");
      assertThat(writer.status().available()).isFalse();
      assertThat(writer.status().spool().sizeBytes()).isPositive();
      proxy.up();
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().spool().requests()).isZero();
    }
    assertThat(files()).isEmpty();
    workload.assertWritten(workload.report("database down for a while", store).write(1));
  }

  @Test
  void rows_goToDiskAndThenToTheDatabase_whenItDoesNotAnswerForAWhile() throws Exception {
    try (StoreWriter writer = writer(options(MUCH))) {
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.hold();
      workload.run(writer, 100);
      await(writer, () -> writer.status().spool().requests() == 100, "rows on disk");
      workload.run(writer, 100);
      await(writer, () -> writer.status().spool().requests() == 200, "rows on disk");
      proxy.release();
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    workload.assertWritten(workload.report("database answers late", store).write(0));
  }

  @Test
  void close_leavesRowsToTheNextStart_whenTheDatabaseIsDown() throws Exception {
    WriterOptions options = options(MUCH, FOR_EVER);
    try (StoreWriter writer = writer(options)) {
      workload.run(writer, 100);
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.down();
      workload.run(writer, 50);
      awaitFailure(writer);
      workload.run(writer, 50);
      // It need not wait for as long as it may: this ends.
    }
    assertThat(files()).hasSize(1);
    proxy.up();
    replay(100);
    workload.assertWritten(
        workload.report("service stopped while the database is down", store).write(8));
  }

  /// Its number is in the file, so that the database knows what it has.
  @ParameterizedTest
  @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
  void batch_isWrittenOnce_whenItsCommitIsCutAndTheServiceStops(CuttingProxy.Cut cut)
      throws Exception {
    try (StoreWriter writer = writer(options(MUCH, FOR_EVER))) {
      assertThat(writer.flush(PATIENCE)).isTrue();
      proxy.cut(cut);
      proxy.downAfterCut();
      workload.run(writer, 30);
      awaitFailure(writer);
      workload.run(writer, 20);
    }
    proxy.awaitCut();
    boolean committed = cut == CuttingProxy.Cut.AFTER_COMMIT;
    assertThat(store.count("select count(*) from request_log")).isEqualTo(committed ? 30 : 0);
    proxy.up();
    replay(committed ? 20 : 50);
    workload.assertWritten(
        workload
            .report(
                "connection cut %s COMMIT was sent, service stopped"
                    .formatted(committed ? "after" : "before"),
                store)
            .write(committed ? 6 : 5));
  }

  @Test
  void rowsAreDropped_countedAndTold_whenMemoryAndSpoolAreFull() throws Exception {
    WriterOptions small = new WriterOptions(INTERVAL, 5, 20, PATIENCE).spooling(folder(), 20_000);
    long dropped;
    try (StoreWriter writer = writer(small)) {
      proxy.down();
      awaitFailure(writer);
      fill(writer);
      assertThat(writer.status().spool().sizeBytes()).isBetween(10_000L, 20_000L);
      workload.run(writer, 40);
      dropped = writer.status().droppedRequests();
      proxy.up();
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().full()).isFalse();
      workload.run(writer, 10);
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    FaultReport report = workload.report("memory and spool full, `on-full=drop`", store).write(10);
    workload.assertWrittenOrTold(report);
    assertThat(report.toldLost()).isEqualTo(dropped);
    assertThat(
            store.count(
                "select count(*) from request_loss l join writer w on l.writer_id = w.id and l.batch <= w.last_batch and l.reason = 'full' and first_at <= last_at"))
        .isPositive();
  }

  @Test
  void rowsBeyondTheSpool_areToldAtTheNextStart_whenTheServiceStops() throws Exception {
    WriterOptions small =
        new WriterOptions(INTERVAL, 5, 50, Duration.ZERO).spooling(folder(), 20_000);
    try (StoreWriter writer = writer(small)) {
      proxy.down();
      awaitFailure(writer);
      fill(writer);
    }
    proxy.up();
    replay(-1);
    FaultReport report = workload.report("memory and spool full, service stopped", store).write(11);
    workload.assertWrittenOrTold(report);
  }

  @Test
  void requestsAreRefused_andNoneIsDropped_whenMemoryAndSpoolAreFull() throws Exception {
    WriterOptions small =
        new WriterOptions(INTERVAL, 5, 20, PATIENCE)
            .spooling(folder(), 20_000)
            .bounded(MUCH, OnFull.REJECT);
    try (StoreWriter writer = writer(small)) {
      proxy.down();
      awaitFailure(writer);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (writer.admit()) {
        workload.run(writer, 1);
        assertThat(System.nanoTime()).as("never full").isLessThan(deadline);
      }
      assertThat(writer.status().full()).isTrue();
      assertThat(writer.status().refusedRequests()).isEqualTo(1);
      proxy.up();
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.admit()).isTrue();
      workload.run(writer, 1);
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(writer.status().droppedRequests()).isZero();
    }
    workload.assertWritten(
        workload.report("memory and spool full, `on-full=reject`", store).write(12));
  }

  @Test
  void admitted_haveTheirPlace_howeverManyRunAtOnce() {
    WriterOptions small =
        new WriterOptions(FOR_EVER, 5, 10, Duration.ZERO).bounded(MUCH, OnFull.REJECT);
    RequestBuffer buffer = new RequestBuffer(small, new Losses());
    for (int i = 0; i < 10; i++) {
      assertThat(buffer.admit()).isTrue();
    }
    assertThat(buffer.admit()).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(buffer.add(TestStore.request(Instant.EPOCH))).isEqualTo(i + 1);
    }
    assertThat(buffer.admit()).isFalse();
    buffer.release(buffer.take(4, MUCH));
    assertThat(buffer.admit()).isTrue();
  }

  @Test
  void rowsStayInMemory_andTheErrorIsShown_whenTheFolderCannotBeWritten() throws Exception {
    Files.writeString(folder(), "in the way");
    try (StoreWriter writer = writer(options(MUCH))) {
      proxy.down();
      workload.run(writer, 30);
      await(writer, () -> writer.status().spool().error() != null, "an error of the spool");
      assertThat(writer.status().spool().error()).isEqualTo(folder() + " must be a folder");
      assertThat(writer.status().requestsInMemory()).isEqualTo(30);
      Files.delete(folder());
      await(writer, () -> writer.status().spool().requests() == 30, "rows on disk");
      await(writer, () -> writer.status().spool().error() == null, "no error of the spool");
      proxy.up();
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    workload.assertWritten(
        workload.report("spool folder not writable for a while", store).write(13));
  }

  @Test
  void memoryIsBounded_whateverTheLengthOfTexts() throws Exception {
    WriterOptions small =
        new WriterOptions(INTERVAL, 5, 1000, Duration.ZERO).bounded(100_000, OnFull.DROP);
    try (StoreWriter writer = writer(small)) {
      proxy.down();
      awaitFailure(writer);
      for (int i = 0; i < 10; i++) {
        workload.runLong(writer, 10_000);
      }
      assertThat(writer.status().droppedRequests()).isEqualTo(6);
      proxy.up();
      assertThat(writer.flush(PATIENCE)).isTrue();
    }
    workload.assertWrittenOrTold(workload.report("", store));
  }

  @Test
  void tornTail_isCut_andAllBeforeItWritten() throws Exception {
    try (StoreWriter writer = writer(options(MUCH))) {
      proxy.down();
      awaitFailure(writer);
      workload.run(writer, 40);
      await(writer, () -> writer.status().spool().requests() == 40, "rows on disk");
    }
    Path spool = files().getFirst();
    byte[] whole = Files.readAllBytes(spool);
    // As a process leaves it that is killed while it writes a further record.
    byte[] torn = Arrays.copyOf(whole, whole.length + 100);
    ByteBuffer.wrap(torn, whole.length, 4).putInt(5000);
    Files.write(spool, torn);
    proxy.up();
    replay(40);
    assertThat(files()).isEmpty();
    workload.assertWritten(workload.report("torn tail of a spool", store).write(14));
  }

  @Test
  void spoolsOfOthersAreLeftAlone_whileTheyLive() throws Exception {
    try (StoreWriter other = writer(options(MUCH))) {
      proxy.down();
      awaitFailure(other);
      workload.run(other, 40);
      await(other, () -> other.status().spool().requests() == 40, "rows on disk");
      try (StoreWriter writer =
          StoreWriter.start(store.pool(), store.migrations(), Optional::empty, options(MUCH))) {
        assertThat(writer.flush(PATIENCE)).isTrue();
        assertThat(writer.flush(PATIENCE)).isTrue();
        assertThat(writer.status().spool().replayedRequests()).isZero();
      }
      assertThat(files()).hasSize(1);
      proxy.up();
      assertThat(other.flush(PATIENCE)).isTrue();
    }
    workload.assertWritten(workload.report("", store));
  }

  /// First the spool, then memory.
  private void fill(StoreWriter writer) {
    while (writer.status().spool().sizeBytes() < 18_000) {
      workload.run(writer, 5);
      await(
          writer,
          () ->
              writer.status().requestsInMemory() == 0
                  || writer.status().spool().sizeBytes() >= 18_000,
          "rows on disk");
    }
    while (writer.status().droppedRequests() == 0) {
      workload.run(writer, 1);
    }
  }

  /// A later process finds what is on disk.
  private void replay(long expected) throws Exception {
    try (StoreWriter next =
        StoreWriter.start(store.pool(), store.migrations(), Optional::empty, options(MUCH))) {
      await(next, () -> files().isEmpty(), "the spool is still there");
      if (expected >= 0) {
        assertThat(next.status().spool().replayedRequests()).isEqualTo(expected);
      }
    }
  }

  private StoreWriter writer(WriterOptions options) {
    return store.writer(pool, workload::model, options);
  }

  private WriterOptions options(long spoolBytes) {
    return options(spoolBytes, PATIENCE);
  }

  private WriterOptions options(long spoolBytes, Duration closeTimeout) {
    return new WriterOptions(INTERVAL, 1000, 100_000, closeTimeout).spooling(folder(), spoolBytes);
  }

  private Path folder() {
    return temp.resolve("spool");
  }

  private List<Path> files() {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder())) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitFailure(StoreWriter writer) {
    await(writer, () -> writer.status().lastError() != null, "a failure");
  }

  private static void await(StoreWriter writer, BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s: %s", what, writer.status()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
