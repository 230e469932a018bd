package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.CuttingProxy;
import io.fiddler.store.FaultReport;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The service as an operator runs it: the database goes away, the process is killed with SIGKILL,
/// both come back.
final class KilledServiceTest {
  private static final int REQUESTS = 12;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

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

  /// What was answered before the last flush is there once; what was cut off is not there twice,
  /// and the next start knows nothing of it.
  @Test
  void answersBeforeTheLastFlush_haveTheirRows_whenTheServiceIsKilledUnderLoad() throws Exception {
    Set<UUID> flushed;
    Set<UUID> answered = ConcurrentHashMap.newKeySet();
    try (ServiceProcess service = start(database)) {
      try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 4; i++) {
          boolean streamed = i % 2 == 0;
          clients.execute(() -> {
            while (tryComplete(service, streamed).map(answered::add).orElse(false)) {}
          });
        }
        awaitAnswered(answered, 20);
        flushed = Set.copyOf(answered);
        long batch = store(service).get("lastBatch").asLong();
        // Two: the first may have been under way.
        await(service, details -> details.get("lastBatch").asLong() >= batch + 2);
        awaitAnswered(answered, flushed.size() + 5);
        service.kill();
      }
    }
    try (ServiceProcess again = start(database)) {
      complete(again, "ROMEO: I");
      assertThat(again.get("/actuator/health").get("status").asString()).isEqualTo("UP");
      await(again, details -> details.get("bufferedRequests").asLong() == 0);
      assertThat(again.output()).noneMatch(line -> line.contains(" ERROR "));
    }
    try (TestStore store = TestStore.of(database.pool())) {
      List<UUID> rows =
          store
              .jdbc()
              .sql("select id from request_log")
              .query((row, _) -> Objects.requireNonNull(row.getObject(1, UUID.class)))
              .list();
      assertThat(rows).doesNotHaveDuplicates().containsAll(flushed);
      // One of the second start; whoever was cut off at the kill has none.
      assertThat(rows.stream().filter(id -> !answered.contains(id)).count()).isBetween(1L, 5L);
    }
  }

  private static void awaitAnswered(Set<UUID> answered, int atLeast) {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    while (answered.size() < atLeast) {
      assertThat(System.nanoTime()).as("answered: %d", answered.size()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /// The id of a request that was answered whole; empty once the service is gone.
  private static Optional<UUID> tryComplete(ServiceProcess service, boolean streamed) {
    HttpRequest request =
        HttpRequest.newBuilder(service.address().resolve("/v1/completions"))
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"model\":\"tiny-moe\",\"prompt\":\"I\",\"max_tokens\":40,\"ignore_eos\":true,\"stream\":%s}"
                        .formatted(streamed)))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.headers().firstValue("X-Request-Id").map(UUID::fromString);
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
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
