package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.web.Draining;
import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What the OpenAPI document says of keys, and of a service that is stopping, is what happens.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OpenApiKeysTest {
  private static final String ADMIN = "the-first-administrators-key";

  private RunningService service;
  private OpenApi api;

  @BeforeAll
  void start(@TempDir Path home) {
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--fiddler.security.admin-key=" + ADMIN);
    api = new OpenApi(service.get("/openapi.json").json());
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @TestFactory
  Stream<DynamicTest> errorExamples_areWhatTheServiceSays() {
    List<OpenApiRefusal> refusals =
        api.refusals()
            .filter(OpenApiRefusal::needsKey)
            // A service that is stopping goes on stopping.
            .sorted(Comparator.comparing(OpenApiRefusal::isAtTheEnd))
            .toList();
    assertThat(refusals).hasSizeGreaterThan(5);
    return refusals.stream()
        .map(refusal -> DynamicTest.dynamicTest(refusal.toString(), () -> assertAnswered(refusal)));
  }

  private void assertAnswered(OpenApiRefusal refusal) throws Exception {
    String key = key(refusal.key());
    if (refusal.isAtTheEnd()) {
      assertThat(service.bean(Draining.class).drain(Duration.ofSeconds(10))).isZero();
    }
    refusal.assertAnswered(service.root(), key);
  }

  private @Nullable String key(String sort) {
    return switch (sort) {
      case "none" -> null;
      case "unknown" -> "fdl_aaaaaaaaaaaa_" + "A".repeat(43);
      case "read" -> made("{\"name\":\"read\",\"scopes\":[\"read\"]}");
      case "small" -> made("{\"name\":\"small\",\"tokensPerMinute\":100}");
      case "poor" -> made("{\"name\":\"poor\",\"monthlyTokens\":40}");
      case "" -> ADMIN;
      default -> throw new AssertionError("the document has a key of a new sort: " + sort);
    };
  }

  private String made(String settings) {
    return JsonMapper.shared()
        .readTree(service.send("POST", "/actuator/keys", settings, ADMIN).body())
        .get("key")
        .asString();
  }
}
