package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the quick starts tell to type, as far as it can be tried without a cluster and an engine.
@Tag("helm")
final class QuickStartsTest {
  private static final String KUBERNETES = text("src/docs/kubernetes.md");
  private static final String DOCKER = text("src/docs/docker.md");

  @Test
  void helmInstall_renders_withTheValuesOfItsCommand() {
    String command = first(KUBERNETES, "(?s)\nhelm install fiddler (.*?)\n```");
    Map<String, String> values =
        Pattern.compile("--set ([^= ]+)=(\\S+)")
            .matcher(command)
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2), (a, b) -> a, TreeMap::new));

    Manifests manifests = Chart.render(Optional.empty(), values);

    assertThat(values).hasSize(3);
    assertThat(manifests.variable("SPRING_DATASOURCE_URL"))
        .startsWith("jdbc:postgresql://postgres.example");
    assertThat(KUBERNETES)
        .contains("create secret generic " + values.get("database.external.existingSecret"));
  }

  @Test
  void valuesOfTheExample_render(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("values.yaml"), first(KUBERNETES, "(?s)```yaml\n(.*?)```"));

    Manifests manifests = Chart.render(Optional.of(file), Map.of());

    // A card of 24 GB has less than 24 GiB, so what is free there is taken.
    assertThat(manifests.variables().toString()).doesNotContain("FIDDLER_DEVICE_MEMORY");
    assertThat(manifests.kinds()).contains("Cluster", "ServiceMonitor", "PrometheusRule");
    // Prometheus selects what it is to ask by a label, and comes from another namespace.
    assertThat(manifests.only("ServiceMonitor").at("/metadata/labels/release").asString())
        .isEqualTo(manifests.only("PrometheusRule").at("/metadata/labels/release").asString())
        .isNotEmpty();
    assertThat(manifests.only("NetworkPolicy").at("/spec/ingress/0/from").toString())
        .contains("{\"podSelector\":{}}")
        .contains("\"kubernetes.io/metadata.name\":\"monitoring\"");
  }

  @Test
  void prometheus_readsWithTheSecretOfItsCommands() {
    String secret = first(KUBERNETES, "--set metrics\\.serviceMonitor\\.keySecret\\.name=(\\S+)");
    String key = first(KUBERNETES, "create secret generic " + secret + " --from-literal=(\\w+)=");

    Manifests manifests =
        Chart.render(
            "external",
            Map.of(
                "metrics.serviceMonitor.enabled",
                "true",
                "metrics.serviceMonitor.keySecret.name",
                secret));

    assertThat(manifests.only("ServiceMonitor").toString())
        .contains("\"name\":\"%s\",\"key\":\"%s\"".formatted(secret, key));
  }

  @Test
  void collectorOfTheExample_isLetOutTo(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("values.yaml"), first(KUBERNETES, "(?s)```yaml\n(settings:.*?)```"));

    Manifests manifests = Chart.render(Optional.of(file), Map.of("database.mode", "cloudnativepg"));

    assertThat(manifests.container().at("/args/0").asString()).contains(":4318/");
    assertThat(manifests.only("NetworkPolicy").at("/spec/egress").toString())
        .contains("\"port\":4318");
  }

  @Test
  void embeddedDatabase_rendersWithoutFurtherValues() {
    assertThat(KUBERNETES).contains("--set database.mode=embedded");
    assertThat(Chart.render(Optional.empty(), Map.of("database.mode", "embedded")).kinds())
        .contains("PersistentVolumeClaim");
  }

  @Test
  void composeCommands_nameFilesThatAreThere_andVariablesThatAreRead() {
    String compose = text("docker/compose.yaml") + text("docker/compose.gpu.yaml");
    Matcher file = Pattern.compile("-f (docker/\\S+)").matcher(DOCKER);
    while (file.find()) {
      assertThat(Path.of(file.group(1))).exists();
    }
    Matcher variable =
        Pattern.compile("(?m)^ *([A-Z_]+)=\\S+ |\\s([A-Z_]{4,})=\\S+ (?:docker compose|\\\\)")
            .matcher(DOCKER);
    int found = 0;
    while (variable.find()) {
      found++;
      assertThat(compose)
          .contains("${" + (variable.group(1) == null ? variable.group(2) : variable.group(1)));
    }
    assertThat(found).isPositive();
  }

  @Test
  void secretsScript_makesWhatIsMissing_andKeepsWhatIsThere(@TempDir Path folder)
      throws IOException {
    Tool sh = Tool.find("sh").orElseThrow();
    Path secrets = folder.resolve("secrets");

    assertThat(sh.run("docker/secrets.sh", secrets.toString()).code()).isZero();
    String key = Files.readString(secrets.resolve("admin-key"));
    assertThat(sh.run("docker/secrets.sh", secrets.toString()).output()).isEmpty();

    assertThat(key).matches("[A-Za-z0-9]{48}");
    assertThat(Files.readString(secrets.resolve("admin-key"))).isEqualTo(key);
    assertThat(Files.readString(secrets.resolve("metrics-key"))).isEqualTo(key);
    assertThat(Files.getPosixFilePermissions(secrets)).hasSize(3);
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
