package io.fiddler.docs;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Commands of documents that {@link DocumentCommandsTest} does not run itself: what runs them, or
/// what they need that a build has not.
///
/// @param command all of it
/// @param by a test class, or a script of the repository; empty if nothing can
/// @param why for people
record Elsewhere(Pattern command, String by, String why) {
  private static final String JAVA =
      "java (<flags( as above)?>|@options|-Xmx\\S+( -\\S+)*) -jar \\S+ ";
  private static final String WEIGHTS =
      "87 GiB of weights that are not ours to hand out, and the memory for them";

  private static final List<Elsewhere> TABLE =
      List.of(
          // The build and the service.
          by(".ci/run", "\\./mvnw verify", "what CI runs"),
          by("MainTest", "\\./mvnw spring-boot:run.*", "the same main class and arguments"),
          by(
              "KeysCommandTest",
              "\\./mvnw -q spring-boot:run -Dspring-boot.run.arguments=\"keys list\"",
              "the same arguments"),
          by("KeysCommandTest", JAVA + "keys .*", "the same arguments"),
          by("LauncherTest", JAVA.strip().replace(" -jar \\S+", " -jar \\S+$"), "its flags"),
          by("src/bundle/check.sh", "\\./mvnw -Pbundles .*", "unpacks what it makes"),
          by("KeysServiceTest", "FIDDLER_SECURITY_ADMIN_KEY=.*openssl.*", "starts with a key"),
          by(
              "TracedServiceTest",
              "\\./mvnw -q spring-boot:run .*--fiddler\\.telemetry\\.endpoint=.*",
              "the same setting"),
          by(
              "StructuredLogTest",
              "\\./mvnw -q spring-boot:run .*--logging\\.structured\\.format\\.console=.*",
              "the same setting"),
          by(
              "GeneratedDocument",
              "\\./mvnw test -Dtest='?\\S*ReferenceTest'? -Dfiddler\\.docs\\.write=true",
              "in every build, without writing"),
          by("src/bundle/reproducible.sh", "src/bundle/reproducible\\.sh", "itself"),
          // Models that are not there.
          needs(WEIGHTS, JAVA + "--fiddler\\.model\\.path=/models/Mixtral-8x7B-v0\\.1.*"),
          needs(WEIGHTS, "bin/fiddler --fiddler\\.model\\.path=.*"),
          by("ProfileCommandTest", JAVA + "profile .*", "the same options, on tiny-moe"),
          by("WarmStartTest", JAVA + "--fiddler\\.placement\\.file=.*", "the same setting"),
          by("SimulationServiceTest", JAVA + "simulate .*", "the same options"),
          by(
              "SynthesizeCommandTest",
              JAVA + "synthesize .*",
              "the same options, on a smaller model"),
          needs("a GPU and 126 GiB of memory", JAVA + "bench --model=synthetic:mixtral-8x7b .*"),
          by("BenchCommandTest", JAVA + "bench .*", "the same options, on smaller models"),
          // Bundles.
          by("src/bundle/check.sh", "src/bundle/check\\.sh", "itself"),
          by("src/bundle/check.sh", "tar -xJf fiddler-engine.*", "unpacks it"),
          needs("a GPU", "bin/fiddler-engine test gpu"),
          by("src/bundle/check.sh", "bin/fiddler-engine .*", "tries the command of the bundle"),
          by("FleetTest", "src/docs/scale/measure\\.sh .*", "a smaller fleet of the same replicas"),
          // A trace ends with the eighth step of requests that run meanwhile.
          by(
              "TraceEndpointTest",
              "curl -s '\\S*/actuator/trace\\?steps=8' > trace\\.json",
              "while a request runs"),
          // Containers and clusters: src/docs/docker.md and src/docs/kubernetes.md say what was not
          // run.
          by("docker/secrets.sh", "docker/secrets\\.sh", "itself, run by QuickStartsTest"),
          by("docker/check.sh", "docker (build|run) .*", "the same file without an engine"),
          by("docker/check.sh", "debootstrap .*docker/check\\.sh", "itself, as root"),
          by("QuickStartsTest", "([A-Z_]+=\\S+ )*docker compose .*", "its files and variables"),
          by(
              "QuickStartsTest",
              "helm (install|upgrade|upgrade --install) fiddler helm/fiddler .*",
              "renders the chart with these values"),
          needs("a cluster and others' charts", "helm (repo add|install adapter) .*"),
          by("docker/check.sh", "export REVISION=\\$\\(git rev-parse HEAD\\)", "the same argument"),
          by("QuickStartsTest", "kubectl create secret .*", "its name and keys"),
          needs("a cluster", "kubectl .*"));

  private static Elsewhere by(String name, String command, String why) {
    return new Elsewhere(Pattern.compile(command, Pattern.DOTALL), name, why);
  }

  private static Elsewhere needs(String what, String command) {
    return new Elsewhere(Pattern.compile(command, Pattern.DOTALL), "", "needs " + what);
  }

  static List<Elsewhere> table() {
    return TABLE;
  }

  /// The first entry for a command.
  static Optional<Elsewhere> of(String command) {
    return TABLE.stream().filter(each -> each.command.matcher(command).matches()).findFirst();
  }
}
