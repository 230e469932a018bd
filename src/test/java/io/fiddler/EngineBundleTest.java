package io.fiddler;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fiddler.ChildJvm.Ended;
import io.fiddler.engine.load.EngineAlone;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lists that the engine bundle is made from, see `src/docs/bundles.md`.
final class EngineBundleTest {
  private static final Path LISTS = Path.of("src", "bundle");

  /// In the bundle's `lib/test`.
  private static final Set<String> TEST_LIBRARIES = Set.of("org.junit", "org.assertj");

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

  /// Every test that is in the bundle finds there what it is made of.
  @Test
  void tests_wantNothingButWhatTheBundleHas() throws IOException {
    Set<String> leftOut =
        Files.readAllLines(LISTS.resolve("engine.left-out")).stream()
            .map(path -> "io.fiddler." + path.replace('/', '.'))
            .collect(Collectors.toSet());
    Path folder = Path.of("target", "test-classes", "io", "fiddler");
    JavaClasses tests =
        new ClassFileImporter()
            .importPaths(
                ArchitectureTest.ENGINE_SIDE.stream()
                    .map(folder::resolve)
                    .filter(Files::isDirectory)
                    .toList());
    assertThat(leftOut).allSatisfy(name -> assertThat(tests.contain(name)).as(name).isTrue());
    DescribedPredicate<JavaClass> isLeftOut =
        describe("left out", type -> leftOut.contains(outermost(type).getName()));
    DescribedPredicate<JavaClass> isThere =
        resideInAnyPackage(
            Stream.of(
                    ArchitectureTest.ENGINE_SIDE.stream().map("io.fiddler."::concat),
                    ArchitectureTest.LIBRARIES_FOR_ALL.stream(),
                    ArchitectureTest.LIBRARIES.values().stream().flatMap(Set::stream),
                    TEST_LIBRARIES.stream())
                .flatMap(Function.identity())
                .map(name -> name + "..")
                .toArray(String[]::new));
    classes()
        .that(not(isLeftOut))
        .should()
        .onlyDependOnClassesThat(isThere.and(not(isLeftOut)).or(ArchitectureTest.primitives()))
        .check(tests);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(EngineBundleTest::outermost).orElse(type);
  }

  /// As `src/bundle/build.sh` finds them: the name, then a version.
  private static boolean isOneOf(List<String> jars, Path entry) {
    String file = String.valueOf(entry.getFileName());
    return jars.stream().anyMatch(jar -> file.matches(jar + "-[0-9].*"));
  }
}
