package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The account the server runs under: PostgreSQL refuses to run as root.
enum ServerAccount {
  /// The service's own.
  SAME(List.of()),
  /// Root's files, but without root's powers: a user namespace of its own.
  NAMESPACE(List.of("unshare", "-U")),
  /// `nobody`, where containers forbid namespaces.
  NOBODY(
      List.of(
          "setpriv",
          "--reuid=" + ServerAccount.NOBODY_ID,
          "--regid=" + ServerAccount.NOBODY_ID,
          "--clear-groups",
          "--"));

  private static final int ROOT_ID = 0;
  private static final int NOBODY_ID = 65534;

  @SuppressWarnings("Immutable") // all from List.of
  private final List<String> prefix;

  ServerAccount(List<String> prefix) {
    this.prefix = prefix;
  }

  /// The account that works here, preferring one that reaches `folder`.
  ///
  /// @throws EmbeddedPostgresException if root can be nobody else here
  static ServerAccount detect(Path folder) throws IOException {
    if (ownId() != ROOT_ID) {
      return SAME;
    }
    if (NAMESPACE.reaches(folder)) {
      return NAMESPACE;
    }
    if (NOBODY.works()) {
      return NOBODY;
    }
    throw new EmbeddedPostgresException(
        "PostgreSQL refuses to run as root, and neither `unshare -U` nor `setpriv` can give it"
            + " another account here: run the service as an ordinary user, or set"
            + " spring.datasource.url to a PostgreSQL server");
  }

  /// The command as this account runs it.
  List<String> command(List<String> command) {
    return Command.join(prefix, command);
  }

  /// Whether the account can enter `folder`.
  boolean reaches(Path folder) {
    return Command.succeeds(Path.of("/"), command(List.of("test", "-x", folder.toString())));
  }

  private boolean works() {
    return Command.succeeds(Path.of("/"), command(List.of("true")));
  }

  /// Makes `path` the account's own.
  void own(Path path) throws IOException {
    if (this == NOBODY) {
      Files.setAttribute(path, "unix:gid", NOBODY_ID);
      Files.setAttribute(path, "unix:uid", NOBODY_ID);
    }
  }

  /// Refuses data that belong to somebody else, which the server itself does less clearly.
  void requireOwner(Path data) throws IOException {
    int owner = (int) Files.getAttribute(data, "unix:uid");
    int id = this == NOBODY ? NOBODY_ID : ownId();
    if (owner != id) {
      throw new EmbeddedPostgresException(
          "the database must belong to the account that runs it, got %s of user id %d while running as %d: start the service as before, or give it another fiddler.home"
              .formatted(data, owner, id));
    }
  }

  /// The effective user id; from the file system, since a trimmed JRE may lack the module that
  /// knows.
  private static int ownId() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
