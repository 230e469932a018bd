package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ServiceProcess;
import io.fiddler.fuzz.Fuzzing.Outcome;
import io.fiddler.fuzz.Fuzzing.Report;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests made from the service's own description, most of them spoilt: none is answered with a
/// 5xx (but a 503 that says when to come again), each refusal says why, nothing hangs, and nothing
/// stays behind.
final class ApiFuzzTest {
  private static final long SEED = 20261123;
  private static final int SAMPLE = 300;
  private static final int FULL = 100_000;
  private static final int LIMIT_MILLIS = 60_000;
  private static final Path ACTUATOR = Path.of("src/test/resources/fuzz/actuator.json");

  @TempDir private Path home;

  /// An operation to make requests for.
  private record Operation(JsonNode document, String method, String path, JsonNode node) {}

  @Test
  void everyRequest_isAnsweredOrRefusedWithASentence() throws IOException {
    try (ServiceProcess service =
        ServiceProcess.start(
                home,
                TestDatabase.create(),
                "--fiddler.device.kind=emulated",
                "--fiddler.device.experts=12",
                "--fiddler.engine.kv-cache-tokens=4096",
                "--fiddler.api.body-timeout=200ms")
            .ready()) {
      List<Operation> operations = operations(service.get("/openapi.json"));
      operations.addAll(operations(JsonMapper.shared().readTree(Files.readString(ACTUATOR))));
      RawHttp http = new RawHttp(service.address(), LIMIT_MILLIS);

      Report report =
          new Fuzzing<Long>("api", SEED)
              .run(
                  Fuzzing.inputs("api", SAMPLE, FULL),
                  ApiFuzzTest::parts,
                  parts -> outcome(request(operations, parts), http));

      assertThat(report.findings()).isEmpty();
      assertThat(report.kinds()).containsKeys("200", "400");
      assertNothingStays(service);
      assertThat(service.output()).noneMatch(line -> line.contains(" ERROR "));
    }
  }

  /// The first is the seed of a request that is well-formed, each other one that of a change.
  private static List<Long> parts(SplittableRandom random) {
    List<Long> parts = new ArrayList<>(List.of(random.nextLong()));
    int mutations = random.nextInt(5);
    for (int i = 0; i < Math.min(mutations, 3); i++) {
      parts.add(random.nextLong());
    }
    return parts;
  }

  private static FuzzRequest request(List<Operation> operations, List<Long> parts) {
    SplittableRandom random = new SplittableRandom(parts.getFirst());
    Operation operation = operations.get(random.nextInt(operations.size()));
    JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
    byte[] body =
        schema.isMissingNode()
            ? new byte[0]
            : new SchemaValues(operation.document(), random).of(schema).toString().getBytes(UTF_8);
    FuzzRequest request =
        new FuzzRequest(operation.method(), operation.path().replace("{id}", "tiny-moe"), body);
    parts.stream().skip(1).forEach(part -> request.mutate(new SplittableRandom(part)));
    return request;
  }

  private static Outcome outcome(FuzzRequest request, RawHttp http) {
    RawHttp.Answer answer;
    try {
      answer = http.send(request.bytes());
    } catch (SocketTimeoutException e) {
      return Outcome.wrong("hangs", "no end within %d ms: %s".formatted(LIMIT_MILLIS, request));
    } catch (IOException e) {
      return Outcome.wrong("unreachable", e + ": " + request);
    }
    if (answer.status() == 0 && request.isIncomplete()) {
      return Outcome.fine("cut off, incomplete");
    }
    String kind = Integer.toString(answer.status());
    String fault = fault(request, answer);
    return fault.isEmpty()
        ? Outcome.fine(kind)
        : Outcome.wrong(
            kind, "%s%n  %s%n  to %s".formatted(fault, shortened(answer.body()), request));
  }

  private static String fault(FuzzRequest request, RawHttp.Answer answer) {
    if (answer.status() == 0) {
      return "no answer";
    }
    if (answer.status() >= 500) {
      return answer.status() == 503 && answer.headers().containsKey("retry-after")
          ? ""
          : "a failure of the service";
    }
    if (answer.status() < 400 || request.method.equals("HEAD")) {
      return "";
    }
    try {
      JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
      String message = error.isString() ? error.asString() : error.path("message").asString("");
      return Sentences.fault(message);
    } catch (RuntimeException e) {
      return "a refusal that is no JSON";
    }
  }

  private static String shortened(String body) {
    return body.length() > 400 ? body.substring(0, 400) + "..." : body;
  }

  /// All of the cache can be had at once, so no block of it is lost; nobody runs or waits.
  private static void assertNothingStays(ServiceProcess service) {
    String prompt =
        IntStream.range(0, 980).mapToObj(_ -> "5").collect(Collectors.joining(",", "[", "]"));
    service.post(
        "/v1/completions",
        "{\"prompt\": [%s, %s, %s, %s], \"max_tokens\": 4}"
            .formatted(prompt, prompt, prompt, prompt));
    for (String meter : List.of("running", "queued")) {
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (value(service, meter) > 0) {
        assertThat(System.nanoTime()).as(meter).isLessThan(deadline);
      }
    }
  }

  private static double value(ServiceProcess service, String meter) {
    return service
        .get("/actuator/metrics/fiddler.generations." + meter)
        .at("/measurements/0/value")
        .asDouble();
  }

  private static List<Operation> operations(JsonNode document) {
    List<Operation> operations = new ArrayList<>();
    document
        .get("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry((method, node) -> {
              if (List.of("get", "post", "put", "delete").contains(method)) {
                // What takes a body is what there is to get wrong.
                for (int i = node.has("requestBody") ? 4 : 1; i > 0; i--) {
                  operations.add(
                      new Operation(document, method.toUpperCase(Locale.ROOT), path, node));
                }
              }
            }));
    return operations;
  }
}
