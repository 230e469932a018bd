package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the chart tells Prometheus.
@Tag("helm")
final class ChartMonitoringTest {
  private static final Map<String, String> ON =
      Map.of("metrics.serviceMonitor.enabled", "true", "metrics.prometheusRule.enabled", "true");

  @Test
  void prometheus_hasAKeyOfItsOwn_whereOneIsGiven() {
    assertThat(credentials(Chart.render("gpu")))
        .isEqualTo("{\"name\":\"fiddler-metrics\",\"key\":\"key\"}");
    assertThat(credentials(Chart.render("external", ON)))
        .isEqualTo("{\"name\":\"test-fiddler-admin-key\",\"key\":\"admin-key\"}");
  }

  /// Endpoints list them from the moment they have an address, and a download may take an hour.
  @Test
  void podsThatAwaitTheirContainers_areNotAsked() {
    JsonNode monitor = Chart.render("external", ON).only("ServiceMonitor");

    assertThat(monitor.at("/spec/endpoints/0/relabelings").toString())
        .isEqualTo(
            "[{\"action\":\"drop\",\"sourceLabels\":[\"__meta_kubernetes_pod_phase\"],\"regex\":\"Pending\"}]");
  }

  @Test
  void alertRules_areThoseOfTheFile() {
    JsonNode rules = rules(Chart.render("external", ON));

    assertThat(rules.size()).isEqualTo(Alert.read().size());
    assertThat(rules.get(0).at("/annotations/summary").asString())
        .startsWith("{{ $labels.instance }}");
    assertThat(rules.toString()).doesNotContain("runbook_url");
  }

  @Test
  void alerts_leadToThePublishedRunbook_whereThereIsOne() {
    assertThat(Manifests.list(rules(Chart.render("gpu"))))
        .hasSize(Alert.read().size())
        .allSatisfy(rule ->
            assertThat(rule.at("/annotations/runbook_url").asString())
                .isEqualToIgnoringCase(
                    "https://wiki.example/runbook#" + rule.at("/alert").asString()));
  }

  private static String credentials(Manifests manifests) {
    return manifests
        .only("ServiceMonitor")
        .at("/spec/endpoints/0/authorization/credentials")
        .toString();
  }

  private static JsonNode rules(Manifests manifests) {
    return manifests.only("PrometheusRule").at("/spec/groups/0/rules");
  }
}
