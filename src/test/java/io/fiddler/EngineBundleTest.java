package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ChildJvm.Ended;
import io.fiddler.engine.load.EngineAlone;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lists that the engine bundle is made from, see `src/docs/bundles.md`.
final class EngineBundleTest {
  private static final Path LISTS = Path.of("src", "bundle");

  @Test
  void packages_areTheEngineSide() throws IOException {
    assertThat(Files.readAllLines(LISTS.resolve("engine.packages")))
        .containsExactlyInAnyOrderElementsOf(ArchitectureTest.ENGINE_SIDE);
  }

  @Test
  void kernels_areOnTheClassPath() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("kernels", "ptx"))) {
      List<String> resources =
          files
              .map(file -> "/kernels/ptx/" + file.getFileName())
              .filter(file -> file.endsWith(".ptx"))
              .toList();
      assertThat(resources).isNotEmpty();
      assertThat(resources)
          .allSatisfy(resource -> assertThat(getClass().getResource(resource)).isNotNull());
    }
  }

  @Test
  void engine_generates_withNothingButTheBundlesJars(@TempDir Path home) throws IOException {
    List<String> jars = Files.readAllLines(LISTS.resolve("engine.jars"));
    String classPath =
        Stream.of(ChildJvm.classPath().split(File.pathSeparator, -1))
            .filter(entry -> !entry.endsWith(".jar") || isOneOf(jars, Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath).doesNotContain("spring");
    Ended ended =
        ChildJvm.run(
            classPath,
            ChildJvm.DOCUMENTED_FLAGS,
            EngineAlone.class.getName(),
            home.toString(),
            "It was the best of");
    assertThat(ended.output()).contains("continued: ");
    assertThat(ended.exitCode()).isZero();
  }

  /// As `src/bundle/build.sh` finds them: the name, then a version.
  private static boolean isOneOf(List<String> jars, Path entry) {
    String file = String.valueOf(entry.getFileName());
    return jars.stream().anyMatch(jar -> file.matches(jar + "-[0-9].*"));
  }
}
