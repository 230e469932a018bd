package io.fiddler.config.command;

import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.config.settings.SettingsConfiguration;
import io.fiddler.config.settings.StoreProperties;
import io.fiddler.store.Migrations;
import io.fiddler.store.PostgresTraces;
import io.fiddler.store.StoreConnection;
import io.fiddler.store.embedded.EmbeddedPostgresAutoConfiguration;
import io.fiddler.usage.Traces;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// The settings and the database of the service, without HTTP and without a model.
final class RecordedTraces implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private RecordedTraces(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// Reads the settings as the service does, and connects to its database.
  ///
  /// @param settings such as `--spring.datasource.url=...`
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  static RecordedTraces open(String... settings) {
    RecordedTraces opened =
        new RecordedTraces(
            new SpringApplicationBuilder(Parts.class)
                .web(WebApplicationType.NONE)
                .properties("logging.config=classpath:io/fiddler/bench/logback-commands.xml")
                .run(settings));
    try {
      StoreProperties store = opened.properties().store();
      opened.context.getBean(Migrations.class).await(store.startTimeout(), true);
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  FiddlerProperties properties() {
    return context.getBean(FiddlerProperties.class);
  }

  Traces traces() {
    return context.getBean(Traces.class);
  }

  @Override
  public void close() {
    context.close();
  }

  /// What is needed of the service.
  @SpringBootConfiguration(proxyBeanMethods = false)
  @Import(SettingsConfiguration.class)
  @ImportAutoConfiguration({
    EmbeddedPostgresAutoConfiguration.class,
    DataSourceAutoConfiguration.class
  })
  static class Parts {
    @Bean
    Migrations migrations(DataSource dataSource) {
      return Migrations.start(dataSource);
    }

    @Bean
    Traces traces(DataSource dataSource, Migrations migrations) {
      return new PostgresTraces(new StoreConnection(dataSource, migrations));
    }
  }
}
