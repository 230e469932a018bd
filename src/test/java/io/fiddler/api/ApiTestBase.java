package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.json.ApiJson;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One server a test class; BlockHound fails whatever blocks an event loop.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiTestBase {
  private static final JsonMapper JSON = new JsonMapper();

  /// What blocked an event loop; kept, because not every failure there reaches an answer.
  private static final Queue<String> BLOCKED = new ConcurrentLinkedQueue<>();

  static {
    BlockHound.install(hound ->
        hound.blockingMethodCallback(method -> {
          BlockingOperationError error = new BlockingOperationError(method);
          if (isOfTheirOwn(error)) {
            return;
          }
          BLOCKED.add(
              Arrays.stream(error.getStackTrace())
                  .map(StackTraceElement::toString)
                  .collect(Collectors.joining("\n", method + "\n", "")));
          throw error;
        }));
  }

  /// A worker that waits for its next task blocks nobody; BlockHound knows, but for a wait that
  /// began before it was installed, by another test of this JVM. And where Netty's allocator waits
  /// for a lock of its own, an error thrown there would lose what the client sent.
  private static boolean isOfTheirOwn(BlockingOperationError error) {
    return Arrays.stream(error.getStackTrace())
        .anyMatch(frame ->
            (frame.getClassName().equals(ThreadPoolExecutor.class.getName())
                    && frame.getMethodName().equals("getTask"))
                || frame.getClassName().startsWith("io.netty.buffer.AdaptivePoolingAllocator"));
  }

  private ApiServer server;
  private WebTestClient client;

  /// Starts the server under test.
  abstract ApiServer start();

  @BeforeAll
  void startServer() {
    server = start();
    client = server.client();
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  @BeforeEach
  void clearBlocked() {
    BLOCKED.clear();
  }

  @AfterEach
  void assertEveryRequestIsLogged() throws InterruptedException {
    server.drainRecords();
  }

  @AfterEach
  void assertNothingBlocked() {
    assertThat(BLOCKED).as("calls that blocked an event loop").isEmpty();
  }

  /// What blocked an event loop in this test so far, which is forgotten.
  static List<String> takeBlocked() {
    List<String> blocked = List.copyOf(BLOCKED);
    BLOCKED.clear();
    return blocked;
  }

  final ApiServer server() {
    return server;
  }

  final WebTestClient client() {
    return client;
  }

  /// Sends a completion request; single quotes in `json` stand for double ones.
  final WebTestClient.ResponseSpec complete(String json) {
    return post("/v1/completions", json);
  }

  /// Sends a body; single quotes in `json` stand for double ones.
  final WebTestClient.ResponseSpec post(String path, String json) {
    return client
        .post()
        .uri(path)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(json.replace('\'', '"'))
        .exchange();
  }

  /// The body of a completion that must succeed.
  final JsonNode completed(String json) {
    return posted("/v1/completions", json);
  }

  /// The body of an answer that must succeed.
  final JsonNode posted(String path, String json) {
    return JSON.readTree(text(post(path, json).expectStatus().isOk()));
  }

  /// The chunks of a stream that must succeed, without the end mark, which is checked.
  final List<JsonNode> streamed(String json) {
    return streamed("/v1/completions", json);
  }

  /// The chunks of a route's stream that must succeed, without the end mark, which is checked.
  final List<JsonNode> streamed(String path, String json) {
    List<String> events = events(path, json);
    if (!events.getLast().equals("data: [DONE]")) {
      throw new AssertionError("a stream must end with data: [DONE], got " + events.getLast());
    }
    return events.subList(0, events.size() - 1).stream()
        .map(event -> JSON.readTree(event.substring("data: ".length())))
        .toList();
  }

  /// The events of a stream as they stand on the wire.
  final List<String> events(String json) {
    return events("/v1/completions", json);
  }

  private List<String> events(String path, String json) {
    String body =
        text(
            post(path, json)
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM));
    return Arrays.asList(body.split("\n\n", 0));
  }

  /// The body of a GET that must succeed.
  final JsonNode json(String path) {
    return JSON.readTree(text(client.get().uri(path).exchange().expectStatus().isOk()));
  }

  static String text(WebTestClient.ResponseSpec response) {
    EntityExchangeResult<String> result = response.expectBody(String.class).returnResult();
    String body = result.getResponseBody();
    return body == null ? "" : body;
  }

  /// The text of one choice of a stream.
  static String textOf(List<JsonNode> chunks, int choice) {
    StringBuilder text = new StringBuilder();
    for (JsonNode chunk : chunks) {
      for (JsonNode part : chunk.get("choices")) {
        if (part.get("index").intValue() == choice) {
          text.append(part.get("text").stringValue());
        }
      }
    }
    return text.toString();
  }

  /// `value` as a JSON string.
  static String quoted(String value) {
    return new String(ApiJson.write(value), UTF_8);
  }

  /// The body of a refusal.
  static String error(String message, @Nullable String param, String code) {
    return "{\"error\":{\"message\":%s,\"type\":\"invalid_request_error\",\"param\":%s,\"code\":\"%s\"}}"
        .formatted(quoted(message), param == null ? "null" : quoted(param), code);
  }
}
