package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.CuttingProxy;
import io.fiddler.store.FaultReport;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The service as an operator runs it: the database goes away, the process is killed with SIGKILL,
/// both come back.
final class KilledServiceTest {
  private static final int REQUESTS = 12;

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();

  @Test
  void everyRequestAndActivation_isInTheDatabaseOnce_whenServiceAndDatabaseWereGone()
      throws Exception {
    long counts;
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database)) {
      TestDatabase reached = database.through(proxy.port());
      try (ServiceProcess service = start(reached)) {
        for (int i = 0; i < REQUESTS / 2; i++) {
          complete(service, "ROMEO: I");
        }
        await(service, details -> details.get("bufferedRequests").asLong() == 0);
        proxy.down();
        for (int i = REQUESTS / 2; i < REQUESTS; i++) {
          complete(service, "In the beginning");
        }
        await(service, details -> details.get("spooledRequests").asLong() == REQUESTS / 2);
        counts = service.get("/actuator/experts").at("/summary/assignments/total").asLong();
        service.kill();
      }
      proxy.up();
      try (ServiceProcess again = start(reached)) {
        await(again, details -> details.get("replayedRequests").asLong() == REQUESTS / 2);
        await(again, _ -> spools() == 0);
      }
      FaultReport report =
          FaultReport.of(
                  "whole service: database down, killed -9, both back", REQUESTS, counts, store)
              .write(19);
      assertThat(report.writtenRows()).isEqualTo(REQUESTS);
      assertThat(report.twice()).isZero();
      assertThat(report.writtenCounts()).isEqualTo(counts).isPositive();
    }
  }

  private ServiceProcess start(TestDatabase database) {
    return ServiceProcess.start(
            home, database, "--fiddler.device.kind=emulated", "--fiddler.device.experts=12")
        .ready();
  }

  private static void complete(ServiceProcess service, String prompt) {
    service.post(
        "/v1/completions",
        "{\"model\":\"tiny-moe\",\"prompt\":\"%s\",\"max_tokens\":8,\"ignore_eos\":true}"
            .formatted(prompt));
  }

  private static JsonNode store(ServiceProcess service) throws Exception {
    return service.get("/actuator/health").at("/components/store/details");
  }

  private static void await(ServiceProcess service, Predicate<JsonNode> condition)
      throws Exception {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    JsonNode details = store(service);
    while (!condition.test(details)) {
      assertThat(System.nanoTime()).as(details::toString).isLessThan(deadline);
      details = store(service);
    }
  }

  private long spools() {
    Path folder = home.resolve("spool");
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
