package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the chart makes of the service's pod.
@Tag("helm")
final class ChartPodTest {
  private static final Path REFERENCE = Path.of("src/main/resources/application.yml");
  private static final Pattern VARIABLE =
      Pattern.compile("\\b((?:FIDDLER|SERVER|SPRING)_[A-Z_]+)\\b");

  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void variables_areThoseOfTheReference(String values) throws IOException {
    Set<String> known = new TreeSet<>(Set.of("FIDDLER_OPTS", "SPRING_CONFIG_IMPORT"));
    Matcher variable = VARIABLE.matcher(Files.readString(REFERENCE, UTF_8));
    while (variable.find()) {
      known.add(variable.group(1));
    }

    assertThat(Chart.render(values).variables())
        .extracting(given -> given.at("/name").asString())
        .isNotEmpty()
        .filteredOn(name -> !known.contains(name))
        .isEmpty();
  }

  @Test
  void values_reachTheService() throws IOException {
    Manifests manifests = Chart.render("gpu");

    assertThat(manifests.variable("FIDDLER_MODEL_PATH")).isEqualTo("/models/Mixtral-8x7B-v0.1");
    assertThat(manifests.variable("FIDDLER_MODEL_NAME")).isEqualTo("mixtral");
    assertThat(manifests.variable("FIDDLER_DEVICE_KIND")).isEqualTo("cuda");
    assertThat(manifests.variable("FIDDLER_DEVICE_MEMORY")).isEqualTo("20GiB");
    assertThat(manifests.variable("SPRING_DATASOURCE_URL"))
        .isEqualTo("jdbc:postgresql://postgres.example:5432/fiddler");
    assertThat(Manifests.list(manifests.container().at("/args")))
        .extracting(JsonNode::asString)
        .containsExactly(
            "--fiddler.engine.max-running=32",
            "--fiddler.placement.correction.max-copy-rate=2GB",
            "--fiddler.simulation.max-tokens=2000000",
            "--fiddler.traces.sample-rate=0.001");
    assertThat(manifests.container().at("/image").asString())
        .isEqualTo("registry.example/fiddler:" + Chart.appVersion() + "-cuda");
  }

  @Test
  void gpu_isAskedForOnce_onNodesThatHaveIt() {
    JsonNode pod = Chart.render("gpu").pod();

    assertThat(pod.at("/containers/0/resources/limits").get("nvidia.com/gpu").asString())
        .isEqualTo("1");
    assertThat(pod.at("/nodeSelector").get("nvidia.com/gpu.product").asString())
        .isEqualTo("NVIDIA-L4");
    assertThat(pod.at("/runtimeClassName").asString()).isEqualTo("nvidia");
    assertThat(pod.at("/tolerations").toString()).contains("nvidia.com/gpu").contains("dedicated");
  }

  @Test
  void withoutGpu_nothingOfItIsThere() {
    Manifests manifests = Chart.render("external");

    assertThat(manifests.variable("FIDDLER_DEVICE_KIND")).isEqualTo("none");
    assertThat(manifests.documents().toString()).doesNotContain("nvidia").doesNotContain("cuda");
  }

  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu"})
  void memory_isHeapAndModelAndMore(String values) {
    Manifests manifests = Chart.render(values);
    JsonNode resources = manifests.container().at("/resources");
    long mebibytes = Long.parseLong(resources.at("/requests/memory").asString().replace("Mi", ""));
    long heap = Long.parseLong(manifests.variable("FIDDLER_OPTS").replaceAll("-Xmx|m", ""));

    assertThat(mebibytes)
        .isGreaterThanOrEqualTo(heap + (values.equals("gpu") ? 90_000 : 1024) + 512);
  }

  /// The kubelet gives cores of its own only to a pod all of whose containers are so.
  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void everyContainer_requestsWhatItIsLimitedTo(String values) {
    assertThat(containers(Chart.render(values).pod()))
        .isNotEmpty()
        .allSatisfy(container -> {
          for (String resource : List.of("cpu", "memory")) {
            String limit = container.at("/resources/limits/" + resource).asString();
            assertThat(limit).as("%s of %s", resource, container.at("/name")).isNotEmpty();
            assertThat(container.at("/resources/requests/" + resource).asString()).isEqualTo(limit);
          }
        });
  }

  /// YAML reads it as false.
  @Test
  void checksOfTheNode_areOff_withoutQuotesToo() {
    assertThat(Chart.render("embedded").pod().has("initContainers")).isFalse();
    assertThat(Chart.render("gpu", Map.of("nodeChecks.memlock", "false")).pod().toString())
        .contains("--huge-pages=require")
        .contains("--memlock=off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void everyContainer_isUnprivileged_andReadOnly(String values) {
    JsonNode pod = Chart.render(values).pod();

    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10001);
    assertThat(pod.at("/securityContext/seccompProfile/type").asString())
        .isEqualTo("RuntimeDefault");
    assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(containers(pod))
        .isNotEmpty()
        .allSatisfy(container -> {
          JsonNode security = container.at("/securityContext");
          assertThat(security.at("/readOnlyRootFilesystem").asBoolean()).isTrue();
          assertThat(security.at("/allowPrivilegeEscalation").asBoolean(true)).isFalse();
          assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
        });
  }

  /// Whatever the service or an init container writes to.
  @Test
  void mounts_areVolumesOfThePod_andOnlyHomeAndTmpWritable() {
    Manifests manifests = Chart.render("download");
    List<String> volumes =
        Manifests.list(manifests.pod().at("/volumes")).stream()
            .map(volume -> volume.at("/name").asString())
            .toList();

    for (JsonNode mount : manifests.container().at("/volumeMounts")) {
      assertThat(volumes).contains(mount.at("/name").asString());
      assertThat(mount.path("readOnly").asBoolean())
          .as("%s", mount)
          .isEqualTo(!List.of("home", "tmp").contains(mount.at("/name").asString()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void secrets_areFiles_notVariables(String values) {
    Manifests manifests = Chart.render(values);

    assertThat(manifests.variables().toString())
        .doesNotContainIgnoringCase("password")
        .doesNotContain("ADMIN_KEY");
    assertThat(manifests.pod().toString())
        .doesNotContain("swordfish")
        .doesNotContain("an-admin-key");
    assertThat(manifests.variable("SPRING_CONFIG_IMPORT"))
        .isEqualTo("configtree:/run/secrets/fiddler/");
    assertThat(manifests.pod().at("/volumes").toString())
        .contains("\"path\":\"fiddler.security.admin-key\"")
        .matches(volumes ->
            values.equals("embedded")
                ^ volumes.contains("\"path\":\"spring.datasource.password\""));
  }

  @Test
  void keysOfGivenSecrets_areTakenFromThem() {
    String volumes = Chart.render("gpu").pod().at("/volumes").toString();

    assertThat(volumes)
        .contains(
            "{\"name\":\"fiddler-keys\",\"items\":[{\"key\":\"admin\",\"path\":\"fiddler.security.admin-key\"}]}")
        .contains(
            "{\"key\":\"user\",\"path\":\"spring.datasource.username\"},{\"key\":\"pass\",\"path\":\"spring.datasource.password\"}");
    assertThat(Chart.render("gpu").all("Secret")).isEmpty();
  }

  @Test
  void headersForACollector_areAFileOfTheirSecret() {
    assertThat(Chart.render("gpu").pod().at("/volumes").toString())
        .contains(
            "{\"name\":\"fiddler-collector\",\"items\":[{\"key\":\"headers\",\"path\":\"fiddler.telemetry.headers\"}]}");
    assertThat(Chart.render("external").pod().toString()).doesNotContain("fiddler.telemetry");
  }

  private static List<JsonNode> containers(JsonNode pod) {
    List<JsonNode> containers = new ArrayList<>(Manifests.list(pod.at("/containers")));
    containers.addAll(Manifests.list(pod.path("initContainers")));
    return containers;
  }
}
