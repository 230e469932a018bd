package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What linters that know the formats say of docker/: the syntax of the Dockerfile, and Compose's
/// own JSON schema. They are npm packages, so this is skipped where `.ci/run` could not install
/// them.
final class DockerLintTest {
  @Test
  void dockerfile_isSound() {
    Tool.Result result = dockerfileLint(Path.of("docker/Dockerfile"));

    assertThat(result.output()).isBlank();
    assertThat(result.code()).isZero();
  }

  @Test
  void dockerfile_isFoundWrong_whenAnInstructionIs(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("Dockerfile"), "FROM ubuntu:24.04\nCOPPY a b\nEXPOSE many\n");

    assertThat(dockerfileLint(file).output()).contains("COPPY").contains("many");
  }

  @Test
  void compose_fitsItsSchema() {
    Tool.Result result = composeLint("docker/compose.yaml", "docker/compose.gpu.yaml");

    assertThat(result.output()).isBlank();
    assertThat(result.code()).isZero();
  }

  @Test
  void compose_isFoundWrong_whenAFieldIsUnknown(@TempDir Path folder) throws IOException {
    String compose = Files.readString(Path.of("docker/compose.yaml"));
    Path file =
        Files.writeString(
            folder.resolve("compose.yaml"), compose.replace("read_only: true", "readonly: true"));

    assertThat(composeLint(file.toString()).output()).contains("invalid-schema");
  }

  private static Tool.Result dockerfileLint(Path file) {
    return linter("dockerfile-utils").run("lint", file.toString());
  }

  /// Errors only, without its rules of taste: the order of keys, and an image that is built having
  /// a name.
  private static Tool.Result composeLint(String... files) {
    // Whatever follows --disable-rule is taken for a rule.
    List<String> arguments = new ArrayList<>(List.of(files));
    arguments.addAll(List.of("--quiet", "--disable-rule", "no-build-and-image"));
    return linter("dclint").run(arguments.toArray(String[]::new));
  }

  private static Tool linter(String name) {
    return Tool.find("target/lint/node_modules/.bin/" + name)
        .orElseGet(() ->
            abort("no target/lint/node_modules: src/test/lint/package.json says how to get it"));
  }
}
