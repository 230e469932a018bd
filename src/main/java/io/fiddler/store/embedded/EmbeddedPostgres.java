package io.fiddler.store.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL server of our own, on 127.0.0.1 only. What was committed survives the end of this
/// process, however it ends, and the next start takes it up again. Whoever starts it closes it.
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final int PORT_ATTEMPTS = 5;

  private final Postmaster postmaster;
  private final FolderLock lock;
  private final String password;
  private final int port;
  private boolean closed;

  private EmbeddedPostgres(Postmaster postmaster, FolderLock lock, String password, int port) {
    this.postmaster = postmaster;
    this.lock = lock;
    this.password = password;
    this.port = port;
  }

  /// Starts the server and waits until it answers: seconds the first time, then well below one.
  ///
  /// @throws EmbeddedPostgresException if it cannot run here; the message says why
  public static EmbeddedPostgres start(EmbeddedPostgresOptions options) {
    try {
      Path folder = writable(options.folder());
      return start(options, folder, ServerAccount.detect(folder));
    } catch (IOException e) {
      throw failed(options.folder(), e);
    }
  }

  /// The same under a given account.
  static EmbeddedPostgres start(EmbeddedPostgresOptions options, ServerAccount account) {
    try {
      return start(options, writable(options.folder()), account);
    } catch (IOException e) {
      throw failed(options.folder(), e);
    }
  }

  private static EmbeddedPostgres start(
      EmbeddedPostgresOptions options, Path folder, ServerAccount account) throws IOException {
    long begin = System.nanoTime();
    FolderLock lock = FolderLock.take(folder);
    try {
      ServerSite site = ServerSite.choose(options, folder, account);
      Path programs = Binaries.forThisPlatform().unpackInto(site.binaries());
      Cluster cluster =
          new Cluster(
              site.base().resolve("data"), new ServerPrograms(account, programs, site.base()));
      Postmaster postmaster = new Postmaster(cluster);
      String password = password(folder.resolve("password"), cluster);
      boolean fresh = !cluster.exists();
      if (fresh) {
        cluster.create(password);
      } else {
        account.requireOwner(cluster.data());
        postmaster.clearRemains();
      }
      int port = startOnPort(postmaster, options);
      log.info(
          "PostgreSQL runs on 127.0.0.1:{} after {} ms, data in {}{}{}",
          port,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
          cluster.data(),
          fresh ? " (new)" : "",
          site.remark());
      return new EmbeddedPostgres(postmaster, lock, password, port);
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static Path writable(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
    if (!Files.isWritable(folder)) {
      throw notWritable(folder, null);
    }
    return folder.toRealPath();
  }

  private static EmbeddedPostgresException notWritable(Path folder, @Nullable IOException cause) {
    return new EmbeddedPostgresException(
        "fiddler.home must be a folder the service can write to, got %s, where user %s cannot: set fiddler.home to another folder, or spring.datasource.url to a PostgreSQL server"
            .formatted(folder, System.getProperty("user.name")),
        cause);
  }

  private static String password(Path file, Cluster cluster) throws IOException {
    if (cluster.exists() && !Files.exists(file)) {
      throw new EmbeddedPostgresException(
          "the password of the database in %s must be in %s, and that file is missing: restore it, or move the data away to begin anew"
              .formatted(cluster.data(), file));
    }
    return Password.in(file);
  }

  private static int startOnPort(Postmaster postmaster, EmbeddedPostgresOptions options)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = options.port() != 0 ? options.port() : freePort();
      try {
        postmaster.start(port, options.settings());
        return port;
      } catch (Postmaster.PortTakenException taken) {
        // Between finding a free port and listening on it, somebody else may take it.
        if (options.port() != 0 || attempt == PORT_ATTEMPTS) {
          throw new EmbeddedPostgresException(
              "PostgreSQL does not start: " + taken.getMessage(), taken);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static EmbeddedPostgresException failed(Path folder, IOException e) {
    return new EmbeddedPostgresException("PostgreSQL cannot run in %s: %s".formatted(folder, e), e);
  }

  /// For JDBC.
  public String jdbcUrl() {
    return jdbcUrl("postgres");
  }

  /// For JDBC, of another database of this server.
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /// The superuser's name.
  public String username() {
    return Cluster.USER;
  }

  /// The superuser's password.
  public String password() {
    return password;
  }

  /// Where it listens.
  public int port() {
    return port;
  }

  /// The database files.
  public Path data() {
    return postmaster.cluster().data();
  }

  /// Stops the server and gives the folder back.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (lock) {
      postmaster.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
