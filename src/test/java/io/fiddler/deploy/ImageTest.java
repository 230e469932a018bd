package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// docker/: what the files say, held to the repository. `docker/check.sh` carries the Dockerfile
/// out.
@Tag("helm")
final class ImageTest {
  private static final Path DOCKER = Path.of("docker");

  @Test
  void image_runsAsANumericUser_thatIsTheCharts() throws IOException {
    List<String> users = instructions("USER");

    assertThat(users).containsExactly("10001:10001");
    assertThat(Chart.render("external").pod().at("/securityContext/runAsUser").asInt())
        .isEqualTo(10001);
  }

  /// A tag that says nothing moves under one's feet.
  @Test
  void basesOfTheImage_haveAVersion() throws IOException {
    for (String argument : instructions("ARG")) {
      if (argument.contains("_IMAGE=")) {
        assertThat(argument).matches(".+:.*[0-9].*");
      }
    }
    assertThat(instructions("FROM").stream().filter(from -> from.contains("/")))
        .allMatch(from -> from.contains(":${CUDA}-"));
    assertThat(instructions("ARG")).contains("CUDA=12.6.3");
  }

  @Test
  void versionsOfChartImagesAndCommands_areThePoms() throws IOException {
    String version =
        all("<artifactId>fiddler</artifactId>\\s+<version>([^<]+)", Path.of("pom.xml")).getFirst();

    assertThat(Chart.appVersion()).isEqualTo(version);
    for (Path file :
        List.of(
            DOCKER.resolve("compose.yaml"),
            DOCKER.resolve("compose.gpu.yaml"),
            DOCKER.resolve("Dockerfile"),
            Path.of("src/docs/docker.md"))) {
      assertThat(all("\\bfiddler:(?:\\$\\{VERSION:-)?(\\d[^\\s}]*)", file))
          .as("%s", file)
          .isNotEmpty()
          .allSatisfy(tag -> assertThat(tag).isIn(version, version + "-cuda"));
    }
  }

  @Test
  void whatIsCopiedFromTheRepository_isThere_andNotIgnored() throws IOException {
    List<String> let =
        Files.readAllLines(Path.of(".dockerignore"), UTF_8).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();

    assertThat(let).allSatisfy(path -> assertThat(Path.of(path)).exists());
    for (String copy : instructions("COPY")) {
      if (!copy.startsWith("--from=")) {
        List<String> words = List.of(copy.split(" "));
        for (String source : words.subList(0, words.size() - 1)) {
          assertThat(Path.of(source)).exists();
          assertThat(let)
              .as(source)
              .anyMatch(path -> source.equals(path) || source.startsWith(path + "/"));
        }
      }
    }
  }

  @Test
  void programsThatTheImageAndTheChartName_areInIt() throws IOException {
    String chart = Chart.render("gpu").pod().toString();

    for (String program : List.of("health", "node-check")) {
      assertThat(Files.isExecutable(DOCKER.resolve("bin").resolve(program))).isTrue();
      assertThat(chart).contains("/opt/fiddler/bin/" + program);
    }
    assertThat(String.join(" ", instructions("HEALTHCHECK"))).contains("/opt/fiddler/bin/health");
    assertThat(Files.isExecutable(Path.of("src/bundle/service/bin/fiddler"))).isTrue();
  }

  /// There is no Git in the image's build.
  @Test
  void commit_comesByTheArgument_andMavenLeavesIt() throws IOException {
    assertThat(instructions("RUN"))
        .anySatisfy(run -> assertThat(run).contains("${REVISION}", "target/classes/git.properties"))
        .filteredOn(run -> run.contains("./mvnw"))
        .isNotEmpty()
        .allSatisfy(run -> assertThat(run).contains("-Dmaven.gitcommitid.skip=true"));
    assertThat(compose().at("/services/fiddler/build/args/REVISION").asString())
        .isEqualTo("${REVISION:-unknown}");
  }

  @Test
  void compose_mountsWhatIsThere() throws IOException {
    for (JsonNode service : compose().at("/services")) {
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.asString().replaceFirst(":.*", "");
        if (source.startsWith("../") || source.startsWith("./")) {
          assertThat(DOCKER.resolve(source)).exists();
        } else if (!source.startsWith("$")) {
          assertThat(compose().at("/volumes").has(source)).as(source).isTrue();
        }
      }
    }
  }

  @Test
  void compose_hasSecretsInFilesOnly_whichItsScriptMakes() throws IOException {
    String script = Files.readString(DOCKER.resolve("secrets.sh"), UTF_8);

    assertThat(compose().at("/secrets").propertyNames())
        .isNotEmpty()
        .allSatisfy(name -> {
          assertThat(compose().at("/secrets/" + name + "/file").asString())
              .isEqualTo("./secrets/" + name);
          assertThat(script).contains(name);
        });
    for (JsonNode service : compose().at("/services")) {
      assertThat(service.path("environment").properties())
          .filteredOn(variable -> variable.getKey().matches(".*(PASSWORD|KEY|SECRET|TOKEN).*"))
          .allSatisfy(
              variable -> assertThat(variable.getValue().asString()).startsWith("/run/secrets/"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "prometheus", "grafana"})
  void companions_haveAHealthCheck_andAVersion(String name) throws IOException {
    JsonNode service = compose().at("/services/" + name);

    assertThat(service.at("/healthcheck/test").isArray()).isTrue();
    assertThat(service.at("/image").asString()).matches(".+:.*[0-9].*");
  }

  @Test
  void service_isConfinedInCompose_andReachableFromThisMachineOnly() throws IOException {
    JsonNode service = compose().at("/services/fiddler");

    assertThat(service.at("/read_only").asBoolean()).isTrue();
    assertThat(service.at("/cap_drop").toString()).isEqualTo("[\"ALL\"]");
    assertThat(service.at("/security_opt").toString()).contains("no-new-privileges:true");
    for (JsonNode each : compose().at("/services")) {
      each.path("ports").forEach(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
    }
  }

  /// What the group matches, each time the pattern does.
  private static List<String> all(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(file, UTF_8))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static JsonNode compose() throws IOException {
    return Manifests.of(Files.readString(DOCKER.resolve("compose.yaml"), UTF_8))
        .documents()
        .getFirst();
  }

  /// The arguments of all instructions of a name, continued lines joined.
  private static List<String> instructions(String name) throws IOException {
    String file = Files.readString(DOCKER.resolve("Dockerfile"), UTF_8);
    String joined = Pattern.compile("\\\\\n\\s*").matcher(file).replaceAll(" ");
    return Arrays.stream(joined.split("\n"))
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }
}
