package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts and stops the server process of a cluster.
///
/// @param cluster what it serves
record Postmaster(Cluster cluster) {
  private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
  private static final Pattern REASON = Pattern.compile("(?:FATAL|DETAIL):(.*)");
  private static final long LOG_LIMIT_BYTES = 4L << 20;

  /// Recovery after a crash can take its time.
  private static final int START_SECONDS = 300;

  private static final int STOP_SECONDS = 30;

  /// Starts it and waits until it answers.
  ///
  /// @throws PortTakenException if somebody else listens on the port
  void start(int port, Map<String, String> settings) throws IOException {
    Path serverLog = rotatedLog();
    long before = Files.exists(serverLog) ? Files.size(serverLog) : 0;
    // pg_ctl takes the server out of our process group: Ctrl-C reaches us alone, and we flush
    // before
    // we stop it.
    Command started =
        pgCtl(
            "start",
            "--wait",
            "--timeout=" + START_SECONDS,
            "--log=" + serverLog,
            "--options=" + serverOptions(port, settings));
    if (started.succeeded()) {
      return;
    }
    String said = since(serverLog, before);
    if (said.contains("Address already in use")) {
      throw new PortTakenException(port);
    }
    String reason =
        REASON
            .matcher(said)
            .results()
            .map(match -> match.group(1).strip())
            .reduce((a, b) -> a + "; " + b)
            .orElse(started.output());
    throw new EmbeddedPostgresException(
        "PostgreSQL does not start on %s: %s".formatted(cluster.data(), reason));
  }

  /// Stops it; clients are cut off, everything committed stays.
  void stop() throws IOException {
    Command stopped = pgCtl("stop", "--mode=fast", "--wait", "--timeout=" + STOP_SECONDS);
    if (!stopped.succeeded()) {
      log.warn("PostgreSQL on {} did not stop: {}", cluster.data(), stopped.output());
    }
  }

  /// Stops the server that a killed service left behind, and removes what a killed server left. The
  /// folder's lock must be held: then no living service uses either.
  void clearRemains() throws IOException {
    Path pidFile = cluster.data().resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    Optional<ProcessHandle> orphan = runningOn(pidFile);
    if (orphan.isPresent()) {
      log.info("stopping PostgreSQL (process {}) of a killed service", orphan.get().pid());
      stop();
    }
    // Its process id may be another program's by now, which the server would take for itself.
    Files.deleteIfExists(pidFile);
  }

  private static String since(Path file, long offset) throws IOException {
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    int skipped = (int) Math.min(offset, bytes.length);
    return new String(bytes, skipped, bytes.length - skipped, StandardCharsets.UTF_8);
  }

  private Optional<ProcessHandle> runningOn(Path pidFile) throws IOException {
    String pid = Files.readAllLines(pidFile).stream().findFirst().orElse("").strip();
    if (!pid.matches("\\d+")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(
            process -> process.info().commandLine().orElse("").contains(cluster.data().toString()));
  }

  private Path rotatedLog() throws IOException {
    Path serverLog = cluster.data().resolve("server.log");
    if (Files.exists(serverLog) && Files.size(serverLog) > LOG_LIMIT_BYTES) {
      Files.move(
          serverLog, serverLog.resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    return serverLog;
  }

  private static String serverOptions(int port, Map<String, String> settings) {
    List<String> options = new ArrayList<>();
    options.add("-p " + port);
    options.add("-c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
    options.add("-c fsync=on -c synchronous_commit=on -c full_page_writes=on");
    options.add("-c max_connections=50 -c log_checkpoints=off");
    settings.forEach((name, value) -> options.add("-c %s='%s'".formatted(name, value)));
    return String.join(" ", options);
  }

  private Command pgCtl(String action, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(action, "--pgdata=" + cluster.data()));
    all.addAll(List.of(arguments));
    return cluster.programs().run("pg_ctl", all);
  }

  /// Somebody else listens on the port.
  static final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private PortTakenException(int port) {
      super("port %d of 127.0.0.1 is taken".formatted(port));
    }
  }
}
