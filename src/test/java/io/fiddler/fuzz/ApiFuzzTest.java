package io.fiddler.fuzz;

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
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
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
  private static final int FULL = 50_000;
  private static final int WORKERS = 32;
  private static final int LIMIT_MILLIS = 120_000;
  private static final String ADMIN = "the-first-administrators-key";
  private static final Set<Integer> LATER = Set.of(429, 503);
  private static final Path ACTUATOR = Path.of("src/test/resources/fuzz/actuator.json");

  @TempDir private Path home;

  @Test
  void everyRequest_isAnsweredOrRefusedWithASentence_whereKeysAreNeeded() throws IOException {
    try (ServiceProcess service = start("--fiddler.security.admin-key=" + ADMIN)) {
      service.withKey(ADMIN);
      String caller = made(service, "'caller'");
      String limited = made(service, "'limited','requestsPerMinute':60,'maxContext':64");
      String reader = made(service, "'reader','scopes':['read']");
      fuzz(
          "api-keys",
          service,
          List.of(ADMIN, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN, caller, limited, reader, ""));
    }
  }

  @Test
  @Tag("soak")
  void everyRequest_isAnsweredOrRefusedWithASentence() throws IOException {
    try (ServiceProcess service = start()) {
      fuzz("api", service, List.of(""));
    }
  }

  private ServiceProcess start(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "--fiddler.device.kind=emulated",
                "--fiddler.device.experts=12",
                "--fiddler.engine.kv-cache-tokens=4096",
                "--fiddler.engine.request-timeout=60s",
                "--fiddler.api.body-timeout=1s"));
    settings.addAll(List.of(more));
    return ServiceProcess.start(home, TestDatabase.create(), settings.toArray(String[]::new))
        .ready();
  }

  /// The text of a new key; single quotes stand for double ones.
  private static String made(ServiceProcess service, String name) {
    String json = "{'name':%s}".formatted(name).replace('\'', '"');
    return service.post("/actuator/keys", json).get("key").asString();
  }

  private static void fuzz(String name, ServiceProcess service, List<String> keys)
      throws IOException {
    JsonNode spoilt = service.post("/actuator/keys", "{\"name\":\"spoilt\"}");
    Operations operations =
        new Operations(
            List.of(
                service.get("/openapi.json"),
                JsonMapper.shared().readTree(Files.readString(ACTUATOR))),
            Map.of("id", "tiny-moe", "key", spoilt.get("id").asString()),
            keys);
    RawHttp http = new RawHttp(service.address(), LIMIT_MILLIS);

    Report report =
        new Fuzzing<Long>(name, SEED, WORKERS)
            .run(
                Fuzzing.inputs("api", SAMPLE, FULL),
                ApiFuzzTest::parts,
                parts -> outcome(request(operations, parts), http));

    assertThat(report.findings()).as(() -> log(service)).isEmpty();
    assertThat(report.kinds()).containsKeys("200", "400");
    assertNothingStays(service);
    assertThat(service.output()).noneMatch(line -> line.contains(" ERROR "));
  }

  /// The service's last lines.
  private static String log(ServiceProcess service) {
    List<String> lines = service.output();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 50), lines.size()));
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

  private static FuzzRequest request(Operations operations, List<Long> parts) {
    FuzzRequest request = operations.request(new SplittableRandom(parts.getFirst()));
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
    if (answer.status() >= 500 && answer.status() != 503) {
      return "a failure of the service";
    }
    if (LATER.contains(answer.status()) && !answer.headers().containsKey("retry-after")) {
      return "does not say when to come again";
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
}
