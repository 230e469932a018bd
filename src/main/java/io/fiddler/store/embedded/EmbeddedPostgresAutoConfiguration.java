package io.fiddler.store.embedded;

import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/// Starts the embedded PostgreSQL if `spring.datasource.url` has no text and nothing else provides
/// a database. An auto-configuration, so that tests can.
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnMissingBean(JdbcConnectionDetails.class)
@Conditional(EmbeddedPostgresAutoConfiguration.NoUrl.class)
public final class EmbeddedPostgresAutoConfiguration {
  @Bean
  EmbeddedPostgres embeddedPostgres(Environment environment) {
    return EmbeddedPostgres.start(EmbeddedPostgresOptions.in(home(environment)));
  }

  @Bean
  JdbcConnectionDetails embeddedPostgresConnectionDetails(EmbeddedPostgres server) {
    return new EmbeddedConnectionDetails(server);
  }

  static Path home(Environment environment) {
    String home = environment.getProperty("fiddler.home");
    return StringUtils.hasText(home)
        ? Path.of(home)
        : Path.of(System.getProperty("user.home"), ".fiddler");
  }

  static final class NoUrl implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return !StringUtils.hasText(context.getEnvironment().getProperty("spring.datasource.url"));
    }
  }

  private record EmbeddedConnectionDetails(EmbeddedPostgres server)
      implements JdbcConnectionDetails {
    @Override
    public String getUsername() {
      return server.username();
    }

    @Override
    public String getPassword() {
      return server.password();
    }

    @Override
    public String getJdbcUrl() {
      return server.jdbcUrl();
    }
  }
}
