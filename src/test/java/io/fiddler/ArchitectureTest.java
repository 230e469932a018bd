package io.fiddler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The rules between packages.
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.fiddler");

  /// The part that could run without the service: no Spring, no Reactor, no JDBC.
  static final Set<String> ENGINE_SIDE =
      Set.of(
          "tensor",
          "safetensors",
          "tokenizer",
          "sampling",
          "constraint",
          "model",
          "device",
          "cuda",
          "kernel",
          "expert",
          "dispatch",
          "placement",
          "kvcache",
          "scheduler",
          "engine",
          "bench");

  /// Which packages of Fiddler a package may use beside itself.
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("tensor", Set.of()),
          Map.entry("safetensors", Set.of("tensor")),
          Map.entry("tokenizer", Set.of()),
          Map.entry("sampling", Set.of()),
          Map.entry("constraint", Set.of("sampling", "tokenizer")),
          Map.entry("model", Set.of("tensor", "safetensors")),
          Map.entry("device", Set.of("tensor")),
          Map.entry("cuda", Set.of("device", "tensor")),
          Map.entry("kernel", Set.of("device", "tensor", "cuda")),
          Map.entry("expert", Set.of()),
          Map.entry("dispatch", Set.of("expert")),
          Map.entry("placement", Set.of("expert", "dispatch")),
          Map.entry("kvcache", Set.of("tensor")),
          Map.entry("scheduler", Set.of("kvcache")),
          Map.entry("engine", without(ENGINE_SIDE, "bench")),
          Map.entry("usage", Set.of("expert", "placement")),
          Map.entry("bench", ENGINE_SIDE),
          Map.entry("learning", Set.of("engine", "usage", "placement", "expert", "dispatch")),
          Map.entry("store", Set.of("usage", "placement", "expert")),
          // Engine, and the types its contract speaks in.
          Map.entry(
              "api",
              Set.of("engine", "usage", "tokenizer", "sampling", "constraint", "model", "device")),
          Map.entry("page", Set.of()),
          Map.entry(
              "ops",
              Set.of(
                  "page",
                  "engine",
                  "usage",
                  "placement",
                  "expert",
                  "model",
                  "device",
                  "dispatch",
                  "learning")));

  /// The engine side's libraries beyond the JDK, JSpecify, SLF4J and Error Prone's annotations.
  static final Map<String, Set<String>> LIBRARIES =
      Map.of(
          "safetensors", Set.of("tools.jackson", "com.fasterxml.jackson"),
          "model", Set.of("tools.jackson", "com.fasterxml.jackson"),
          "engine", Set.of("tools.jackson", "com.fasterxml.jackson"),
          "constraint", Set.of("tools.jackson", "com.fasterxml.jackson"),
          "bench", Set.of("tools.jackson", "com.fasterxml.jackson"),
          "tokenizer",
              Set.of("tools.jackson", "com.fasterxml.jackson", "ai.djl", "org.mozilla.javascript"),
          "cuda", Set.of("jcuda"));

  static final Set<String> LIBRARIES_FOR_ALL =
      Set.of(
          "java",
          "com.sun.management",
          "jdk.incubator.vector",
          "org.jspecify",
          "org.slf4j",
          "com.google.errorprone");

  @Test
  void everyPackage_isInTheTable() {
    assertThat(packages()).isSubsetOf(with(MAY_USE.keySet(), "config"));
  }

  @TestFactory
  Stream<DynamicTest> package_usesOnlyWhatItMay() {
    return packages().stream()
        .filter(MAY_USE::containsKey)
        .map(name -> DynamicTest.dynamicTest(name, () -> assertUses(name)));
  }

  private static void assertUses(String name) {
    Set<String> allowed = with(MAY_USE.getOrDefault(name, Set.of()), name);
    noClasses()
        .that()
        .resideInAPackage("io.fiddler." + name + "..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("io.fiddler..")
                .and(
                    DescribedPredicate.describe(
                        "are not in " + allowed, other -> !allowed.contains(packageOf(other)))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void cudaKernels_areTheOnlyKernelsThatKnowCuda() {
    noClasses()
        .that()
        .resideInAPackage("io.fiddler.kernel..")
        .and()
        .resideOutsideOfPackage("io.fiddler.kernel.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fiddler.cuda..")
        .check(CLASSES);
  }

  @Test
  void packages_areAcyclic() {
    slices().matching("io.fiddler.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @TestFactory
  Stream<DynamicTest> engineSide_usesOnlyItsLibraries() {
    return packages().stream()
        .filter(ENGINE_SIDE::contains)
        .map(name -> DynamicTest.dynamicTest(name, () -> assertLibraries(name)));
  }

  private static void assertLibraries(String name) {
    String[] allowed =
        Stream.of(Set.of("io.fiddler"), LIBRARIES_FOR_ALL, LIBRARIES.getOrDefault(name, Set.of()))
            .flatMap(Set::stream)
            .map(library -> library + "..")
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage("io.fiddler." + name + "..")
        .should()
        .onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(allowed).or(primitives()))
        .check(CLASSES);
  }

  @Test
  void engineSide_knowsNoJdbc() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.fiddler.store..", "io.fiddler.config..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..")
        .check(CLASSES);
  }

  @Test
  void usage_knowsNoSpring() {
    noClasses()
        .that()
        .resideInAPackage("io.fiddler.usage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "reactor..")
        .check(CLASSES);
  }

  @Test
  void jcuda_isImportedByCudaOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.fiddler.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(CLASSES);
  }

  @Test
  void standardStreams_areUsedByTheEntryPointsOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.fiddler.*..")
        .and()
        .resideOutsideOfPackage("io.fiddler.bench..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  static DescribedPredicate<JavaClass> primitives() {
    return DescribedPredicate.describe(
        "are primitives or arrays of them", type -> type.getBaseComponentType().isPrimitive());
  }

  private static Set<String> packages() {
    return CLASSES.stream()
        .map(ArchitectureTest::packageOf)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The first package below `io.fiddler`; empty for the root.
  private static String packageOf(JavaClass type) {
    String[] parts = type.getPackageName().split("\\.", -1);
    return parts.length < 3 ? "" : parts[2];
  }

  private static Set<String> with(Set<String> set, String more) {
    return Stream.concat(set.stream(), Stream.of(more)).collect(Collectors.toSet());
  }

  private static Set<String> without(Set<String> set, String less) {
    return set.stream().filter(name -> !name.equals(less)).collect(Collectors.toSet());
  }
}
