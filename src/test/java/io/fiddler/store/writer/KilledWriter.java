package io.fiddler.store.writer;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// The main class of a process to be killed: hands requests over as it is told to, and says how
/// many and what became of them.
final class KilledWriter {
  private KilledWriter() {}

  /// Hands over until its input ends.
  ///
  /// @param arguments URL, user, password, folder of the spool
  public static void main(String[] arguments) throws Exception {
    TestDatabase database = new TestDatabase(arguments[0], arguments[1], arguments[2]);
    Workload workload = new Workload();
    WriterOptions options =
        new WriterOptions(Duration.ofMillis(100), 1000, 100_000, Duration.ofSeconds(5))
            .spooling(Path.of(arguments[3]), 64 << 20);
    // Two pools: a connection that has sent COMMIT often sends it without its name, and the proxy
    // would not see it.
    try (TestStore store = TestStore.of(database.pool());
        HikariDataSource pool = database.pool();
        StoreWriter writer = store.writer(pool, workload::model, options);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "run" -> workload.run(writer, Integer.parseInt(words[1]));
          case "flush" -> writer.flush(TestStore.PATIENCE);
          case "spool" -> awaitSpooled(writer);
          default -> throw new IllegalArgumentException(line);
        }
        System.out.println("done " + workload.rows() + " " + workload.counts());
      }
    }
  }

  private static void awaitSpooled(StoreWriter writer) {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    while (writer.status().requestsInMemory() > 0 || writer.status().spool().requests() == 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("nothing goes to disk: " + writer.status());
      }
      Thread.onSpinWait();
    }
  }
}
