package io.fiddler.store;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.writer.CountedModel;
import io.fiddler.store.writer.StoreWriter;
import io.fiddler.store.writer.WriterOptions;
import io.fiddler.usage.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A fresh database, migrated, with what reads and writes it.
///
/// @param pool connections to it
/// @param migrations done
/// @param connection for repositories
/// @param jdbc for the test's own questions
public record TestStore(
    HikariDataSource pool, Migrations migrations, StoreConnection connection, JdbcClient jdbc)
    implements AutoCloseable {
  /// Longest wait for what must happen.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /// On a fresh database.
  public static TestStore create() {
    return of(TestDatabase.create().pool());
  }

  /// On the database of `pool`.
  public static TestStore of(HikariDataSource pool) {
    Migrations migrations = Migrations.start(pool);
    migrations.await(PATIENCE, true);
    return new TestStore(
        pool, migrations, new StoreConnection(pool, migrations), JdbcClient.create(pool));
  }

  /// A writer with an interval so long that only the test or a full batch makes it write.
  public StoreWriter writer(Supplier<Optional<CountedModel>> model) {
    return writer(pool, model, WriterOptions.defaults());
  }

  /// A writer through another pool.
  public StoreWriter writer(
      DataSource through, Supplier<Optional<CountedModel>> model, WriterOptions options) {
    return StoreWriter.start(through, migrations, model, options);
  }

  /// The one number `sql` asks for.
  public long count(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  /// A request that went well.
  public static RequestRecord request(Instant createdAt) {
    return request(createdAt, 200, 10.0, 0.5, "some text");
  }

  /// A request with its main numbers.
  public static RequestRecord request(
      Instant createdAt, int status, double totalMillis, double hitRate, String output) {
    return new RequestRecord(
        UUID.randomUUID(),
        createdAt,
        "default",
        "print",
        "/v1/completions",
        false,
        status,
        10,
        20,
        1.5,
        totalMillis / 2,
        totalMillis,
        "stop",
        "{\"temperature\": 0.5}",
        "none",
        1L,
        2L,
        hitRate,
        null,
        "prompt",
        output);
  }

  @Override
  public void close() {
    migrations.close();
    pool.close();
  }
}
