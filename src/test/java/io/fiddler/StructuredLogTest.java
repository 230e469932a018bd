package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The log of a whole service as JSON.
final class StructuredLogTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  void everyLine_isJson_andThoseOfARequestTellItAndItsTrace(@TempDir Path home) throws Exception {
    HttpResponse<String> answer;
    List<String> lines;
    try (SpanReceiver receiver = new SpanReceiver();
        ServiceProcess service =
            ServiceProcess.start(
                home,
                TestDatabase.create(),
                "--fiddler.device.kind=none",
                "--logging.structured.format.console=ecs",
                "--logging.level.io.fiddler.api=debug",
                "--fiddler.telemetry.endpoint=" + receiver.endpoint())) {
      answer = complete(service.address());
      service.awaitLine("/v1/completions answered with");
      lines = service.output();
    }
    assertThat(answer.statusCode()).isEqualTo(200);

    List<JsonNode> events =
        lines.stream()
            .filter(line -> !line.equals("WARNING: Using incubator modules: jdk.incubator.vector"))
            .map(JsonMapper.shared()::readTree)
            .toList();
    assertThat(events)
        .allSatisfy(event -> {
          assertThat(event.isObject()).isTrue();
          assertThat(event.get("message").asString()).isNotBlank();
        });
    assertThat(events)
        .filteredOn(event -> event.has("requestId"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.get("message").asString())
              .startsWith("/v1/completions answered with 200");
          assertThat(event.get("requestId").asString())
              .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
          assertThat(event.get("traceId").asString()).isEqualTo(TRACE);
        });
  }

  private static HttpResponse<String> complete(URI root) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(root.resolve("/v1/completions"))
              .header("Content-Type", "application/json")
              .header("X-Request-Id", "from-the-client")
              .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
              .POST(
                  HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Call me\",\"max_tokens\":2}"))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
