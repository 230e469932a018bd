package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// OpenAI's own client for Node, unchanged, on the running service: what it does is in
/// `src/test/node/client.mjs`. Installed below `target` by its lock file, where it is not yet.
final class OpenAiNodeClientTest {
  private static final String KEY = "a-key-of-seventeen";
  private static final Path SOURCES = Path.of("src", "test", "node");
  private static final Path INSTALLED = Path.of("target", "node");
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "client.mjs");
  private static final int LIMIT_SECONDS = 120;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    assumeTrue(
        runs("node", "--version").filter(OpenAiNodeClientTest::isNewEnough).isPresent(),
        "no Node.js of version 20 or newer: the client for Node is not tested");
    Files.createDirectories(INSTALLED);
    for (String file : FILES) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.isDirectory(INSTALLED.resolve("node_modules").resolve("openai"))) {
      assumeTrue(
          runs("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts").isPresent(),
          "npm ci could not install openai: the client for Node is not tested");
    }
  }

  @Test
  void client_worksUnchanged(@TempDir Path home) throws IOException, InterruptedException {
    try (RunningService service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--fiddler.model.path=" + ToolModel.create(home),
            "--fiddler.model.name=tiny-moe",
            "--fiddler.security.admin-key=" + KEY)) {
      Outcome outcome = run("node", "client.mjs", service.root() + "/v1", KEY);

      assertThat(outcome.code()).as(outcome.output()).isZero();
      assertThat(outcome.output().lines()).hasSize(7).allMatch(line -> line.startsWith("ok "));
    }
  }

  private static boolean isNewEnough(String version) {
    return Integer.parseInt(version.strip().replaceAll("^v(\\d+)\\..*", "$1")) >= 20;
  }

  /// The output of a program that is there and succeeds.
  private static Optional<String> runs(String... command) throws InterruptedException {
    try {
      Outcome outcome = run(command);
      return outcome.code() == 0 ? Optional.of(outcome.output()) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Outcome run(String... command) throws IOException, InterruptedException {
    Files.createDirectories(INSTALLED);
    Path output = Files.createTempFile("fiddler-node", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(INSTALLED.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command[0] + " took over " + LIMIT_SECONDS + " s");
      }
      return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private record Outcome(int code, String output) {}
}
