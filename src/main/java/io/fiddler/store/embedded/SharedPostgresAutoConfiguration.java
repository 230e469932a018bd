package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/// For commands: the embedded PostgreSQL of a service that runs, if one does, else one of their own
/// over the same data. Named by whoever wants it; the service itself never shares.
@AutoConfiguration(
    before = {EmbeddedPostgresAutoConfiguration.class, DataSourceAutoConfiguration.class})
@Conditional(EmbeddedPostgresAutoConfiguration.NoUrl.class)
public final class SharedPostgresAutoConfiguration {
  private static final int PORT_LINE = 3;

  /// Closes its server, if it started one.
  record Access(Details details, @Nullable EmbeddedPostgres own) implements AutoCloseable {
    @Override
    public void close() {
      if (own != null) {
        own.close();
      }
    }
  }

  @Bean
  Access sharedPostgres(Environment environment) throws IOException {
    EmbeddedPostgresOptions options =
        EmbeddedPostgresOptions.in(EmbeddedPostgresAutoConfiguration.home(environment));
    Path folder = options.folder();
    if (Files.isDirectory(folder) && FolderLock.isTaken(folder.toRealPath())) {
      return new Access(running(options, folder.toRealPath()), null);
    }
    EmbeddedPostgres own = EmbeddedPostgres.start(options);
    return new Access(new Details(own.jdbcUrl(), own.password()), own);
  }

  @Bean
  JdbcConnectionDetails sharedPostgresConnectionDetails(Access sharedPostgres) {
    return sharedPostgres.details();
  }

  private static Details running(EmbeddedPostgresOptions options, Path folder) throws IOException {
    ServerSite site = ServerSite.choose(options, folder, ServerAccount.detect(folder));
    Path pidFile = site.base().resolve("data").resolve("postmaster.pid");
    List<String> lines = Files.exists(pidFile) ? Files.readAllLines(pidFile) : List.of();
    if (lines.size() <= PORT_LINE || !lines.get(PORT_LINE).strip().matches("\\d+")) {
      throw new EmbeddedPostgresException(
          "a service uses the database in %s, and that does not run yet: try again"
              .formatted(folder));
    }
    return new Details(
        "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(lines.get(PORT_LINE).strip()),
        Password.in(folder.resolve("password")));
  }

  private record Details(String url, String password) implements JdbcConnectionDetails {
    @Override
    public String getUsername() {
      return Cluster.USER;
    }

    @Override
    public String getPassword() {
      return password;
    }

    @Override
    public String getJdbcUrl() {
      return url;
    }

    @Override
    public String toString() {
      return "Details[" + url + "]";
    }
  }
}
