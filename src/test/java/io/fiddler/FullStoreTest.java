package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.RunningService.Answer;
import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The service with a database that is down and room for two rows.
final class FullStoreTest {
  private static final String REQUEST =
      "{\"model\":\"tiny-moe\",\"prompt\":\"ROMEO: I\",\"max_tokens\":2}";

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();

  @Test
  void requests_areRefusedWith503_whenTheyCannotBeRecordedAndMustBe() {
    try (RunningService service = start("--fiddler.store.on-full=reject")) {
      assertThat(service.post("/v1/completions", REQUEST).status()).isEqualTo(200);
      assertThat(service.post("/v1/completions", REQUEST).status()).isEqualTo(200);

      Answer refused = service.post("/v1/completions", REQUEST);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().at("/error/code").asString()).isEqualTo("store_full");
      assertThat(refused.retryAfter()).isPresent();
      JsonNode health = service.get("/actuator/health").json().at("/components/store/details");
      assertThat(health.get("full").asBoolean()).isTrue();
      assertThat(health.get("refusedRequests").asLong()).isEqualTo(1);
      assertThat(health.get("droppedRequests").asLong()).isZero();
      assertThat(service.get("/v1/models").status()).isEqualTo(200);
    }
  }

  @Test
  void requests_areServedAndTheirRowsCounted_whenThereIsNoRoomForThem() {
    try (RunningService service = start("--fiddler.store.on-full=drop")) {
      for (int i = 0; i < 3; i++) {
        assertThat(service.post("/v1/completions", REQUEST).status()).isEqualTo(200);
      }
      // Rows are handed over behind the answer; the reader of metrics cannot be sooner for ever.
      awaitDrop(service);
      assertThat(service.get("/actuator/prometheus").body())
          .contains("fiddler_store_dropped_total 1.0", "fiddler_store_full 1.0");
    }
  }

  private static void awaitDrop(RunningService service) {
    for (int i = 0; i < 1000; i++) {
      JsonNode store = service.get("/actuator/health").json().at("/components/store/details");
      if (store.get("droppedRequests").asLong() == 1) {
        return;
      }
    }
    throw new AssertionError("nothing was dropped");
  }

  private RunningService start(String onFull) {
    // Nothing listens on the discard port.
    return RunningService.start(
        home,
        database.through(9),
        "--fiddler.device.kind=none",
        "--fiddler.store.start-timeout=1s",
        "--fiddler.store.close-timeout=0s",
        "--fiddler.store.buffer=2",
        "--fiddler.store.spool.max-size=0",
        onFull);
  }
}
