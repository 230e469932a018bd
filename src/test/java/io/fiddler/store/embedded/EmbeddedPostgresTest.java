package io.fiddler.store.embedded;

import static io.fiddler.store.embedded.EmbeddedServers.execute;
import static io.fiddler.store.embedded.EmbeddedServers.options;
import static io.fiddler.store.embedded.EmbeddedServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  private static @Nullable EmbeddedPostgres running;

  @TempDir Path temp;

  @BeforeAll
  static void startServer(@TempDir Path shared) {
    running = EmbeddedPostgres.start(options(shared.resolve("pg")));
  }

  @AfterAll
  static void stopServer() {
    running().close();
  }

  private static EmbeddedPostgres running() {
    return Objects.requireNonNull(running);
  }

  @Test
  void start_keepsData_whenStartedAgain() throws Exception {
    try (var server = EmbeddedPostgres.start(options(temp.resolve("pg")))) {
      execute(server, "create table kept (x integer); insert into kept values (42)");
    }
    try (var server = EmbeddedPostgres.start(options(temp.resolve("pg")))) {
      assertThat(query(server, "select x from kept")).isEqualTo("42");
    }
  }

  @Test
  void server_isDurableAndLocal() throws Exception {
    assertThat(query(running(), "show fsync")).isEqualTo("on");
    assertThat(query(running(), "show synchronous_commit")).isEqualTo("on");
    assertThat(query(running(), "show listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(query(running(), "show unix_socket_directories")).isEmpty();
    assertThat(query(running(), "show server_encoding")).isEqualTo("UTF8");
  }

  @Test
  void connect_isRefused_whenPasswordIsWrong() throws Exception {
    assertThatThrownBy(
            () -> DriverManager.getConnection(running().jdbcUrl(), running().username(), "guess"))
        .hasMessageContaining("password authentication failed");
    Path password = running().data().resolveSibling("password");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
        .isEqualTo("rw-------");
  }

  @Test
  void start_refuses_whenAnotherServiceUsesTheFolder() {
    Path folder = Objects.requireNonNull(running().data().getParent());
    assertThatThrownBy(() -> EmbeddedPostgres.start(options(folder)))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageStartingWith("another service already uses the database in " + folder);
  }

  @Test
  void start_saysWhy_whenThePortIsTaken() {
    assertThatThrownBy(
            () -> EmbeddedPostgres.start(options(temp.resolve("two")).onPort(running().port())))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("port %d of 127.0.0.1 is taken".formatted(running().port()));
  }

  @Test
  void start_stopsTheOrphanAndRecovers_whenTheServiceWasKilled() throws Exception {
    Path folder = temp.resolve("pg");
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledService.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try (var output =
        new BufferedReader(
            new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(output.lines().filter(line -> line.startsWith("committed")).findFirst())
          .isPresent();
    } finally {
      service.destroyForcibly().waitFor();
    }
    ProcessHandle orphan = postmaster(folder.resolve("data"));
    assertThat(orphan.isAlive()).isTrue();
    try (var server = EmbeddedPostgres.start(options(folder))) {
      assertThat(query(server, "select x from kept")).isEqualTo("42");
      orphan.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void start_recovers_whenTheServerItselfWasKilled() throws Exception {
    Path folder = temp.resolve("pg");
    try (var server = EmbeddedPostgres.start(options(folder))) {
      execute(server, "create table kept (x integer); insert into kept values (42)");
      ProcessHandle postmaster = postmaster(server.data());
      List<ProcessHandle> backends = postmaster.children().toList();
      postmaster.destroyForcibly();
      for (ProcessHandle backend : backends) {
        backend.onExit().get(20, TimeUnit.SECONDS);
      }
    }
    try (var server = EmbeddedPostgres.start(options(folder))) {
      assertThat(query(server, "select x from kept")).isEqualTo("42");
    }
  }

  @Test
  void start_ignoresThePidFile_whenItsNumberIsAnotherPrograms() throws Exception {
    Path folder = temp.resolve("pg");
    EmbeddedPostgres.start(options(folder)).close();
    Files.writeString(folder.resolve("data/postmaster.pid"), ProcessHandle.current().pid() + "\n");
    try (var server = EmbeddedPostgres.start(options(folder))) {
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void start_beginsAfresh_whenInitdbWasInterrupted() throws Exception {
    Path half = Files.createDirectories(temp.resolve("pg/data.new/base"));
    Files.writeString(half.resolve("1"), "half written");
    Files.writeString(temp.resolve("pg/initdb-password"), "old");
    try (var server = EmbeddedPostgres.start(options(temp.resolve("pg")))) {
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
    assertThat(temp.resolve("pg/data.new")).doesNotExist();
    assertThat(temp.resolve("pg/initdb-password")).doesNotExist();
  }

  @Test
  void start_refuses_whenTheFolderCannotBeMade() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "in the way");
    assertThatThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresOptions.in(file)))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageStartingWith(
            "fiddler.home must be a folder the service can write to, got " + file);
  }

  @Test
  void start_refuses_whenThePasswordIsLost() throws Exception {
    Path folder = temp.resolve("pg");
    EmbeddedPostgres.start(options(folder)).close();
    Files.delete(folder.resolve("password"));
    assertThatThrownBy(() -> EmbeddedPostgres.start(options(folder)))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("restore it");
  }

  @Test
  void start_saysWhy_whenTheDataAreOfAnotherVersion() throws Exception {
    Path folder = temp.resolve("pg");
    EmbeddedPostgres.start(options(folder)).close();
    Files.writeString(folder.resolve("data/PG_VERSION"), "12\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(options(folder)))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("does not start")
        .hasMessageContaining("version 12");
  }

  static ProcessHandle postmaster(Path data) throws Exception {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
    return Objects.requireNonNull(ProcessHandle.of(Long.parseLong(pid)).orElse(null));
  }
}
