package io.fiddler.config.command;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.config.settings.SettingsConfiguration;
import io.fiddler.store.MigrationFailedException;
import io.fiddler.store.Migrations;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.access.PostgresApiKeys;
import io.fiddler.store.access.PostgresAuditLog;
import io.fiddler.store.embedded.SharedPostgresAutoConfiguration;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.KeyAdministration;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// The keys in the service's database, without the service. An embedded database is shared with a
/// service that runs.
final class KeyDatabase implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private KeyDatabase(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// The settings or the database could not be used; the sentence is out already.
  static final class NotOpenedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private NotOpenedException(Throwable cause) {
      super(cause);
    }
  }

  /// Reads the settings as the service does, and connects to its database.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  static KeyDatabase open(List<String> settings) {
    ConfigurableApplicationContext context;
    try {
      context =
          new SpringApplicationBuilder(Parts.class)
              .web(WebApplicationType.NONE)
              .properties("logging.config=classpath:io/fiddler/bench/logback-commands.xml")
              .run(settings.toArray(String[]::new));
    } catch (RuntimeException e) {
      throw new NotOpenedException(e);
    }
    try {
      context
          .getBean(Migrations.class)
          .await(context.getBean(FiddlerProperties.class).store().startTimeout(), true);
      return new KeyDatabase(context);
    } catch (StoreUnavailableException | MigrationFailedException e) {
      context.close();
      throw e;
    }
  }

  KeyAdministration administration() {
    return context.getBean(KeyAdministration.class);
  }

  @Override
  public void close() {
    context.close();
  }

  /// What is needed of the service.
  @SpringBootConfiguration(proxyBeanMethods = false)
  @Import(SettingsConfiguration.class)
  @ImportAutoConfiguration({
    SharedPostgresAutoConfiguration.class,
    DataSourceAutoConfiguration.class
  })
  static class Parts {
    @Bean
    Migrations migrations(DataSource dataSource) {
      return Migrations.start(dataSource);
    }

    @Bean
    KeyAdministration keyAdministration(DataSource dataSource, Migrations migrations) {
      StoreConnection store = new StoreConnection(dataSource, migrations);
      return new KeyAdministration(
          new PostgresApiKeys(store), new PostgresAuditLog(store), Clock.systemUTC(), () -> {});
    }
  }
}
