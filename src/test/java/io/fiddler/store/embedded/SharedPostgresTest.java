package io.fiddler.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.Migrations;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class SharedPostgresTest {
  @Test
  void command_sharesTheDatabaseOfAServiceThatRuns_andStartsItsOwnOtherwise(@TempDir Path home)
      throws Exception {
    ApplicationContextRunner command =
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    SharedPostgresAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues("fiddler.home=" + home);
    try (EmbeddedPostgres service = EmbeddedPostgres.start(EmbeddedPostgresOptions.in(home))) {
      command.run(context -> {
        assertThat(context).hasNotFailed();
        assertThat(port(context.getBean(DataSource.class))).isEqualTo(service.port());
        try (Migrations migrations = Migrations.start(context.getBean(DataSource.class))) {
          assertThat(migrations.await(Duration.ofSeconds(60), true)).isTrue();
        }
      });
    }
    command.run(context -> {
      try (Connection connection = context.getBean(DataSource.class).getConnection();
          ResultSet count =
              connection.createStatement().executeQuery("select count(*) from api_key")) {
        assertThat(count.next()).as("what the service had is there").isTrue();
      }
    });
  }

  private static int port(DataSource source) throws Exception {
    try (Connection connection = source.getConnection()) {
      return Integer.parseInt(connection.getMetaData().getURL().replaceFirst(".*:(\\d+)/.*", "$1"));
    }
  }
}
