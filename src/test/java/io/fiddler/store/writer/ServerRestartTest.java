package io.fiddler.store.writer;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.store.embedded.EmbeddedPostgres;
import io.fiddler.store.embedded.EmbeddedPostgresOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerRestartTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");

  @TempDir Path temp;

  @Test
  void everythingIsWritten_whenTheServerIsStoppedAndStartedAgain() {
    Counters counters = new Counters(new ExpertGrid(List.of(2)));
    EmbeddedPostgresOptions options =
        new EmbeddedPostgresOptions(
            temp.resolve("pg"),
            Path.of("target", "postgres", "bin"),
            temp.resolve("shelter"),
            0,
            Map.of());
    EmbeddedPostgres server = EmbeddedPostgres.start(options);
    try (TestStore store = TestStore.of(database(server).pool());
        StoreWriter writer = store.writer(() -> counters.as("print"))) {
      writer.append(request(NOW));
      assertThat(writer.flush(PATIENCE)).isTrue();
      server.close();
      for (int i = 0; i < 20; i++) {
        writer.append(request(NOW));
        counters.count("t", Phase.DECODE, 0, 0, 3);
      }
      assertThat(writer.flush(Duration.ofMillis(100))).isFalse();
      server = EmbeddedPostgres.start(options.onPort(server.port()));
      assertThat(writer.flush(PATIENCE)).isTrue();
      assertThat(store.count("select count(*) from request_log")).isEqualTo(21);
      assertThat(store.count("select sum(counts[1]) from expert_activation")).isEqualTo(60);
    } finally {
      server.close();
    }
  }

  private static TestDatabase database(EmbeddedPostgres server) {
    return new TestDatabase(server.jdbcUrl(), server.username(), server.password());
  }
}
