package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Starting, replacing, scaling and reaching pods.
@Tag("helm")
final class ChartRolloutTest {
  @Test
  void anOldPod_staysUntilANewOneIsWarm() {
    JsonNode spec = Chart.render("external").only("Deployment").at("/spec");

    assertThat(spec.at("/strategy/rollingUpdate/maxUnavailable").asInt(-1)).isZero();
    assertThat(spec.at("/strategy/rollingUpdate/maxSurge").asInt()).isEqualTo(1);
    assertThat(spec.at("/minReadySeconds").asInt()).isPositive();
    assertThat(spec.at("/progressDeadlineSeconds").asInt()).isGreaterThan(3600);
  }

  @Test
  void embeddedDatabase_hasOnePodAtATime_withItsClaim() {
    Manifests manifests = Chart.render("embedded");

    assertThat(manifests.only("Deployment").at("/spec/strategy/type").asString())
        .isEqualTo("Recreate");
    assertThat(manifests.variable("FIDDLER_STORE_EMBEDDED")).isEqualTo("true");
    assertThat(manifests.pod().at("/volumes/0/persistentVolumeClaim/claimName").asString())
        .isEqualTo(manifests.only("PersistentVolumeClaim").at("/metadata/name").asString());
  }

  @Test
  void startUpProbe_givesLoadingItsTime() {
    JsonNode probe =
        Chart.render(
                "external",
                Map.of("probes.startup.limitSeconds", "100", "probes.startup.periodSeconds", "7"))
            .container()
            .at("/startupProbe");

    assertThat(probe.at("/failureThreshold").asInt()).isEqualTo(15);
    assertThat(probe.at("/exec/command/0").asString()).isEqualTo("/opt/fiddler/bin/health");
  }

  /// What the service may take to stop, as it is told to, must fit in what Kubernetes gives it.
  @Test
  void gracePeriod_coversPreStopAndDrainAndRecords() {
    Manifests manifests =
        Chart.render(
            "external",
            Map.of(
                "shutdown.preStopSeconds",
                "7",
                "shutdown.drainSeconds",
                "90",
                "shutdown.storeSeconds",
                "8"));

    assertThat(manifests.variable("FIDDLER_SHUTDOWN_DRAIN")).isEqualTo("90s");
    assertThat(manifests.variable("FIDDLER_STORE_CLOSE_TIMEOUT")).isEqualTo("8s");
    assertThat(manifests.container().at("/lifecycle/preStop/sleep/seconds").asInt()).isEqualTo(7);
    assertThat(manifests.pod().at("/terminationGracePeriodSeconds").asInt())
        .isGreaterThanOrEqualTo(7 + 90 + 5 + 8);
  }

  @Test
  void autoscaling_decidesTheNumberOfPods_byQueueAndFirstToken() {
    Manifests manifests = Chart.render("gpu");
    JsonNode scaler = manifests.only("HorizontalPodAutoscaler").at("/spec");

    assertThat(manifests.only("Deployment").at("/spec/replicas").isMissingNode()).isTrue();
    assertThat(scaler.at("/metrics/0/pods/metric/name").asString())
        .isEqualTo("fiddler_generations_queued");
    assertThat(scaler.at("/metrics/1/pods/metric/name").asString())
        .isEqualTo("fiddler_time_to_first_token_p95");
    assertThat(scaler.at("/metrics/1/pods/target/averageValue").asString()).isEqualTo("5000m");
    assertThat(scaler.at("/scaleTargetRef/name").asString())
        .isEqualTo(manifests.only("Deployment").at("/metadata/name").asString());
  }

  @Test
  void selectors_areThePodsLabels() {
    Manifests manifests = Chart.render("gpu");
    JsonNode labels = manifests.only("Deployment").at("/spec/template/metadata/labels");

    for (JsonNode selector :
        new JsonNode[] {
          manifests.only("Deployment").at("/spec/selector/matchLabels"),
          manifests.only("Service").at("/spec/selector"),
          manifests.only("PodDisruptionBudget").at("/spec/selector/matchLabels"),
          manifests.only("NetworkPolicy").at("/spec/podSelector/matchLabels"),
          manifests.only("InferencePool").at("/spec/selector/matchLabels"),
          manifests.pod().at("/topologySpreadConstraints/0/labelSelector/matchLabels")
        }) {
      assertThat(selector.properties())
          .isNotEmpty()
          .allSatisfy(label -> assertThat(labels.get(label.getKey())).isEqualTo(label.getValue()));
    }
  }

  @Test
  void route_leadsToThePoolWhereThereIsOne_elseToTheService() {
    Manifests pool = Chart.render("gpu");
    Manifests service = Chart.render("download");

    assertThat(pool.only("HTTPRoute").at("/spec/rules/0/backendRefs/0/kind").asString())
        .isEqualTo("InferencePool");
    assertThat(pool.only("InferencePool").at("/spec/endpointPickerRef/name").asString())
        .isEqualTo("fiddler-picker");
    assertThat(service.only("HTTPRoute").at("/spec/rules/0/backendRefs/0/name").asString())
        .isEqualTo(service.only("Service").at("/metadata/name").asString());
    assertThat(service.all("InferencePool")).isEmpty();
  }

  @Test
  void cluster_isTheDatabaseOfTheService() {
    Manifests manifests = Chart.render("download");
    String cluster = manifests.only("Cluster").at("/metadata/name").asString();

    assertThat(manifests.variable("SPRING_DATASOURCE_URL"))
        .isEqualTo("jdbc:postgresql://" + cluster + "-rw:5432/fiddler");
    assertThat(manifests.pod().at("/volumes").toString())
        .contains("\"name\":\"" + cluster + "-app\"");
    assertThat(manifests.only("NetworkPolicy").at("/spec/egress").toString())
        .contains("\"cnpg.io/cluster\":\"" + cluster + "\"");
  }

  @Test
  void newSecretsOfTheValues_replaceThePods() {
    JsonNode before = annotations(Map.of());

    assertThat(annotations(Map.of())).isEqualTo(before);
    assertThat(annotations(Map.of("database.external.password", "another"))).isNotEqualTo(before);
    assertThat(annotations(Map.of("adminKey.value", "another-key-of-16"))).isNotEqualTo(before);
  }

  private static JsonNode annotations(Map<String, String> values) {
    return Chart.render("external", values)
        .only("Deployment")
        .at("/spec/template/metadata/annotations");
  }
}
