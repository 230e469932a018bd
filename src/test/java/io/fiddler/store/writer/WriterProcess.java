package io.fiddler.store.writer;

import io.fiddler.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A {@link KilledWriter} in a JVM of its own.
final class WriterProcess implements AutoCloseable {
  private final Process process;
  private final PrintStream in;
  private final BufferedReader out;
  private long rows;
  private long counts;

  private WriterProcess(Process process) {
    this.process = process;
    this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static WriterProcess start(TestDatabase database, Path spool) throws IOException {
    return new WriterProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KilledWriter.class.getName(),
                database.url(),
                database.username(),
                database.password(),
                spool.toString())
            .redirectErrorStream(true)
            .start());
  }

  /// Does as it is told and waits until that is done.
  void tell(String command) throws IOException {
    in.println(command);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("done ")) {
        String[] totals = line.split(" ", -1);
        rows = Long.parseLong(totals[1]);
        counts = Long.parseLong(totals[2]);
        return;
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("the process ended: " + said);
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Requests it has handed over.
  long rows() {
    return rows;
  }

  /// Activations it has counted.
  long counts() {
    return counts;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
