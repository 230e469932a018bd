package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

class TestPostgresTest {
  private static final String TABLES =
      "select count(*) from information_schema.tables where table_schema = 'public'";

  @Test
  void eachContext_getsAFreshDatabase_andNoServerOfItsOwn() {
    ApplicationContextRunner runner =
        new ApplicationContextRunner().withUserConfiguration(Service.class);
    for (int i = 0; i < 2; i++) {
      runner.run(context -> {
        assertThat(context).doesNotHaveBean(EmbeddedPostgres.class);
        JdbcClient jdbc = context.getBean(JdbcClient.class);
        assertThat(jdbc.sql(TABLES).query(Long.class).single()).isZero();
        jdbc.sql("create table something (x integer)").update();
      });
    }
  }

  @Import(TestPostgres.class)
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class
  })
  static final class Service {}
}
