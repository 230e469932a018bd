package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/// SIGTERM while streams run, in a process of its own.
final class ShutdownTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int STREAMS = 12;

  /// 128 + SIGTERM, which is what a JVM that was asked to stop ends with.
  private static final int TERMINATED = 143;

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void streams_endWhole_newWorkIsRefused_andEveryAnswerHasARow() throws Exception {
    try (ServiceProcess service = start("--fiddler.shutdown.drain=2m")) {
      List<BufferedReader> streams = streams(service);

      service.terminate();

      HttpResponse<String> refused = awaitRefusal(service);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body()).contains("\"code\":\"shutting_down\"");
      assertThat(readiness(service)).isEqualTo(503);
      for (BufferedReader stream : streams) {
        assertThat(rest(stream)).endsWith("data: [DONE]").doesNotContain("\"error\"");
      }
      assertThat(service.exitCode()).isEqualTo(TERMINATED);
    }
    assertThat(rows("status = 200 and completion_tokens = 990")).isEqualTo(STREAMS);
    assertThat(rows("status <> 200")).isZero();
  }

  @Test
  void streams_endWithAnError_whenTheyStillRunAtTheLimit() throws Exception {
    try (ServiceProcess service = start("--fiddler.shutdown.drain=50ms")) {
      List<BufferedReader> streams = streams(service);

      service.terminate();

      for (BufferedReader stream : streams) {
        assertThat(rest(stream))
            .contains("\"error\"")
            .contains("the engine was closed")
            .doesNotContain("[DONE]");
      }
      assertThat(service.exitCode()).isEqualTo(TERMINATED);
    }
    assertThat(rows("status = 503 and finish_reason = 'error'")).isEqualTo(STREAMS);
    assertThat(rows("true")).isEqualTo(STREAMS);
  }

  private ServiceProcess start(String more) {
    return ServiceProcess.start(
            home,
            database,
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--fiddler.engine.kv-cache-tokens=16384",
            more)
        .ready();
  }

  /// Streams of which each has begun.
  private List<BufferedReader> streams(ServiceProcess service) throws Exception {
    List<BufferedReader> streams = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      HttpRequest request =
          post(service, "\"max_tokens\": 990, \"ignore_eos\": true, \"stream\": true");
      BufferedReader stream =
          new BufferedReader(
              new InputStreamReader(
                  http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
      assertThat(stream.readLine()).startsWith("data: {");
      streams.add(stream);
    }
    return streams;
  }

  private HttpResponse<String> awaitRefusal(ServiceProcess service) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      // Refused by the API itself as long as the service does not know of the signal yet.
      HttpResponse<String> answer =
          http.send(post(service, "\"max_tokens\": -1"), BodyHandlers.ofString());
      if (answer.statusCode() != 400) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        return answer;
      }
    }
    throw new AssertionError("new work is never refused");
  }

  private int readiness(ServiceProcess service) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(service.address().resolve("/actuator/health/readiness")).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static HttpRequest post(ServiceProcess service, String fields) {
    return HttpRequest.newBuilder(service.address().resolve("/v1/completions"))
        .header("Content-Type", "application/json")
        .timeout(LIMIT)
        .POST(
            BodyPublishers.ofString(
                "{\"model\": \"tiny-moe\", \"prompt\": \"I\", %s}".formatted(fields)))
        .build();
  }

  private static String rest(BufferedReader stream) {
    StringBuilder rest = new StringBuilder();
    try (stream) {
      for (String line = stream.readLine(); line != null; line = stream.readLine()) {
        rest.append(line).append('\n');
      }
    } catch (IOException cutOff) {
      rest.append(cutOff);
    }
    return rest.toString().strip();
  }

  private long rows(String condition) {
    try (HikariDataSource pool = database.pool()) {
      return JdbcClient.create(pool)
          .sql("select count(*) from request_log where status <> 400 and " + condition)
          .query(Long.class)
          .single();
    }
  }
}
