package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The chart is what Helm and Kubernetes take: linted strictly, and every field of every manifest
/// known to its kind.
@Tag("helm")
final class ChartKindsTest {
  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void strictLint_findsNothing(String values, @TempDir Path work) throws IOException {
    LintResult result = Chart.lint(work, values);

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"external", "gpu", "download", "embedded"})
  void manifests_haveTheFieldsOfTheirKinds_andNoOthers(String values) {
    for (JsonNode document : Chart.render(values).documents()) {
      assertThat(KnownFields.complaints(document)).as(Manifests.kind(document)).isEmpty();
    }
  }

  @Test
  void filesOfValues_renderEveryKind() {
    Set<String> kinds = new TreeSet<>();
    for (String values : List.of("external", "gpu", "download", "embedded")) {
      kinds.addAll(Chart.render(values).kinds());
    }

    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "Cluster",
            "ConfigMap",
            "Deployment",
            "HTTPRoute",
            "HorizontalPodAutoscaler",
            "InferencePool",
            "NetworkPolicy",
            "PersistentVolumeClaim",
            "PodDisruptionBudget",
            "PrometheusRule",
            "Secret",
            "Service",
            "ServiceAccount",
            "ServiceMonitor");
  }

  /// The check itself, for each way of knowing fields.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "ServiceMonitor",
        "HTTPRoute",
        "InferencePool"
      })
  void anUnknownField_isFound(String kind) {
    JsonNode document = Chart.render("gpu").only(kind).deepCopy();
    ((ObjectNode) document.at("/spec")).put("replicaz", 3);

    assertThat(KnownFields.complaints(document))
        .anySatisfy(complaint -> assertThat(complaint).contains("replicaz"));
  }

  @Test
  void anUnknownFieldDeepInside_isFound() {
    JsonNode document = Chart.render("gpu").only("Deployment").deepCopy();
    ((ObjectNode) document.at("/spec/template/spec/containers/0/securityContext"))
        .put("readOnlyRoot", true);

    assertThat(KnownFields.complaints(document))
        .anySatisfy(complaint -> assertThat(complaint).contains("readOnlyRoot"));
  }

  @Test
  void aMissingField_isFound() {
    JsonNode document = Chart.render("gpu").only("Deployment").deepCopy();
    ((ObjectNode) document.at("/spec")).remove("selector");

    assertThat(KnownFields.complaints(document))
        .anySatisfy(complaint -> assertThat(complaint).contains("selector"));
  }
}
