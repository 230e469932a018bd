package io.fiddler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.RunningService;
import io.fiddler.docs.CurlScript.Result;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The requests of the documents are answered by the service as they stand there, but for its port,
/// its keys and their ids.
final class DocumentRequestsTest {
  private static final String ADMIN_KEY = "an-administrators-key-of-this-test-alone";

  @TempDir private static Path folder;
  private static RunningService service;
  private static RunningService guarded;

  @BeforeAll
  static void start() {
    service =
        RunningService.start(
            folder.resolve("open"),
            TestDatabase.create(),
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--fiddler.traces.sample-rate=1");
    guarded =
        RunningService.start(
            folder.resolve("guarded"),
            TestDatabase.create(),
            "--fiddler.security.admin-key=" + ADMIN_KEY);
    service.complete("It was the best of");
    // The documents look at placement 7.
    long version = 0;
    while (version < 7) {
      RunningService.Answer planned = service.post("/actuator/placement", "{}");
      assertThat(planned.status()).as(planned.body()).isEqualTo(200);
      version = planned.json().path("version").asLong();
    }
  }

  @AfterAll
  static void stop() {
    service.close();
    guarded.close();
  }

  @TestFactory
  Stream<DynamicTest> requests_areAnswered() {
    Assumptions.assumeTrue(hasCurl(), "curl and bash are needed");
    return CommandBlock.all()
        .map(CurlScript::new)
        .filter(script -> !script.isEmpty())
        .map(script ->
            DynamicTest.dynamicTest(script.block().place(), () -> requireAnswered(script)));
  }

  private static void requireAnswered(CurlScript script) throws Exception {
    RunningService asked = script.hasKey() ? guarded : service;
    String place = script.block().place();
    JsonNode key = JsonMapper.shared().readTree(keyFor(place));
    String id = key.path("id").asString();
    String text = key.path("key").asString();
    Path here = Files.createTempDirectory(folder, "block");
    Files.createDirectories(here.resolve("docker/secrets"));
    Files.writeString(here.resolve("docker/secrets/admin-key"), ADMIN_KEY);
    Result result =
        script.run(
            here,
            asked.root().getAuthority(),
            Map.of(
                "FIDDLER_SECURITY_ADMIN_KEY", ADMIN_KEY,
                "URL", asked.root().toString(),
                "KEY", ADMIN_KEY),
            Map.of(
                "fdl_...",
                text,
                "Bearer KEY",
                "Bearer " + text,
                "ID",
                id,
                // Names of keys are unique, and several documents make this one.
                "\"search\"",
                "\"search of " + place + "\""));
    assertThat(result.code()).as(result.output()).isZero();
  }

  private static String keyFor(String place) {
    return guarded
        .send("POST", "/actuator/keys", "{\"name\": \"%s\"}".formatted(place), ADMIN_KEY)
        .body();
  }

  private static boolean hasCurl() {
    try {
      return new ProcessBuilder("bash", "-c", "command -v curl").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
