package io.fiddler.store.embedded;

import static io.fiddler.store.embedded.EmbeddedServers.execute;
import static io.fiddler.store.embedded.EmbeddedServers.options;
import static io.fiddler.store.embedded.EmbeddedServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Root without user namespaces, as in most containers. Needs root and setpriv.
class EmbeddedPostgresAsNobodyTest {
  private Path temp = Path.of("");

  @BeforeEach
  void createReachableFolder() throws Exception {
    temp = Files.createTempDirectory("fiddler-nobody-");
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    assumeTrue(ServerAccount.NOBODY.reaches(temp), "needs root and setpriv");
  }

  @AfterEach
  void deleteFolder() throws Exception {
    Folders.delete(temp);
  }

  @Test
  void start_keepsDataInPlace_whenNobodyReachesTheFolder() throws Exception {
    Path folder = temp.resolve("pg");
    Files.createDirectories(folder);
    try (var server = EmbeddedPostgres.start(options(folder), ServerAccount.NOBODY)) {
      execute(server, "create table kept (x integer); insert into kept values (42)");
      assertThat(server.data()).isEqualTo(folder.resolve("data"));
      assertThat(Files.getOwner(server.data()).getName()).isEqualTo("nobody");
    }
    try (var server = EmbeddedPostgres.start(options(folder), ServerAccount.NOBODY)) {
      assertThat(query(server, "select x from kept")).isEqualTo("42");
    }
  }

  @Test
  void start_movesDataToTheShelter_whenNobodyCannotReachTheFolder() throws Exception {
    Path closed = Folders.create(temp.resolve("root"), "rwx------");
    EmbeddedPostgresOptions options = options(closed.resolve("pg"));
    options =
        new EmbeddedPostgresOptions(
            options.folder(), options.binaries(), temp.resolve("shelter"), 0, options.settings());
    Path first;
    try (var server = EmbeddedPostgres.start(options, ServerAccount.NOBODY)) {
      first = server.data();
      execute(server, "create table kept (x integer); insert into kept values (42)");
      assertThat(first).startsWith(temp.resolve("shelter"));
    }
    try (var server = EmbeddedPostgres.start(options, ServerAccount.NOBODY)) {
      assertThat(server.data()).isEqualTo(first);
      assertThat(query(server, "select x from kept")).isEqualTo("42");
    }
  }

  @Test
  void start_refuses_whenTheDataBelongToAnotherAccount() throws Exception {
    Path folder = temp.resolve("pg");
    EmbeddedPostgres.start(options(folder), ServerAccount.NOBODY).close();
    assertThatThrownBy(() -> EmbeddedPostgres.start(options(folder), ServerAccount.NAMESPACE))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("must belong to the account that runs it");
  }
}
