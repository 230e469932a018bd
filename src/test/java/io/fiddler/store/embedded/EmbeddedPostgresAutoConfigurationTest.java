package io.fiddler.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

class EmbeddedPostgresAutoConfigurationTest {
  @TempDir Path home;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EmbeddedPostgresAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class,
                  JdbcClientAutoConfiguration.class));

  @Test
  void dataSource_isTheEmbeddedServer_whenTheUrlHasNoText() {
    runner
        .withPropertyValues("spring.datasource.url= ", "fiddler.home=" + home)
        .run(context -> {
          assertThat(context).hasSingleBean(EmbeddedPostgres.class);
          assertThat(
                  context
                      .getBean(JdbcClient.class)
                      .sql("show data_directory")
                      .query(String.class)
                      .single())
              .isEqualTo(home.toRealPath().resolve("postgres/data").toString());
        });
  }

  @Test
  void server_isNotStarted_whenThereIsAUrl() {
    runner
        .withPropertyValues(
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none", "fiddler.home=" + home)
        .run(context -> assertThat(context).doesNotHaveBean(EmbeddedPostgres.class));
    assertThat(home).isEmptyDirectory();
  }
}
