package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.usage.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Connections that break at any point of what is done on them are a database that does not answer;
/// answers that say "no" are not.
final class StoreConnectionTest {
  @Test
  void brokenConnection_isADatabaseThatDoesNotAnswer_whereverItBreaks() throws IOException {
    TestDatabase database = TestDatabase.create();
    try (CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool()) {
      StoreConnection store = TestStore.of(pool).connection();

      assertThatThrownBy(() ->
              store.query(jdbc -> {
                cut(proxy);
                return one(jdbc);
              }))
          .as("a statement")
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() ->
              store.transact(jdbc -> {
                cut(proxy);
                return one(jdbc);
              }))
          .as("the first statement of a transaction, whose rollback fails too")
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() ->
              store.transact(jdbc -> {
                one(jdbc);
                cut(proxy);
                return one(jdbc);
              }))
          .as("the second statement")
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() ->
              store.transact(jdbc -> {
                int one = one(jdbc);
                cut(proxy);
                return one;
              }))
          .as("the commit")
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(store.query(StoreConnectionTest::one)).isEqualTo(1);
    }
  }

  @Test
  void refusal_isNoneOfIt() {
    try (TestStore store = TestStore.create()) {
      assertThatThrownBy(() ->
              store
                  .connection()
                  .transact(jdbc -> jdbc.sql("insert into api_key (id) values (null)").update()))
          .isInstanceOf(DataIntegrityViolationException.class);
    }
  }

  private static int one(JdbcClient jdbc) {
    return jdbc.sql("select 1").query(Integer.class).single();
  }

  /// Ends the connections there are; new ones go through.
  private static void cut(CuttingProxy proxy) {
    try {
      proxy.down();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    proxy.up();
  }
}
