package io.fiddler.store;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/// A real PostgreSQL for Spring tests: `@Import(TestPostgres.class)`. Each application context gets
/// a fresh, empty database of the one server of the test JVM. Tests without Spring use {@link
/// TestDatabase}.
@TestConfiguration(proxyBeanMethods = false)
public class TestPostgres {
  @Bean
  JdbcConnectionDetails freshDatabase() {
    return new Details(TestDatabase.create());
  }

  private record Details(TestDatabase database) implements JdbcConnectionDetails {
    @Override
    public String getUsername() {
      return database.username();
    }

    @Override
    public String getPassword() {
      return database.password();
    }

    @Override
    public String getJdbcUrl() {
      return database.url();
    }
  }
}
