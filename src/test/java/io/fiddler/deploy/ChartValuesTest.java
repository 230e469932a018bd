package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Values that are wrong are refused, in a sentence that names them.
@Tag("helm")
final class ChartValuesTest {
  /// By the schema.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicaz=2                                          | additional properties 'replicaz' not allowed
          model.pathh=x                                       | at '/model': additional properties 'pathh' not allowed
          replicas=many                                       | at '/replicas': got string, want integer
          replicas=-1                                         | at '/replicas': minimum: got -1, want 0
          model.volume.type=nfs                               | at '/model/volume/type': value must be one of 'none', 'pvc', 'hostPath', 'download'
          gpu.memory=lots                                     | at '/gpu/memory': 'lots' does not match pattern
          gpu.count=2                                         | at '/gpu': additional properties 'count' not allowed
          cpu.cores=0                                         | at '/cpu/cores': minimum: got 0, want 1
          database.mode=sqlite                                | at '/database/mode': value must be one of
          database.external.url=postgres://host/db            | at '/database/external/url': 'postgres://host/db' does not match pattern
          adminKey.value=short                                | at '/adminKey/value'
          metrics.serviceMonitor.interval=often               | at '/metrics/serviceMonitor/interval'
          settings.spring\\.datasource\\.password=x           | 'spring.datasource.password'
          settings.engine=x                                   | 'engine'
          settings.fiddler\\.telemetry\\.headers=k=v         | 'fiddler.telemetry.headers'
          telemetry.headersSecret.secret=x                    | at '/telemetry/headersSecret': additional properties 'secret' not allowed
          nodeChecks.hugePages=true                           | at '/nodeChecks/hugePages': value must be one of
          image.pullPolicy=Sometimes                          | at '/image/pullPolicy': value must be one of
          autoscaling.timeToFirstTokenMillis=90000            | at '/autoscaling/timeToFirstTokenMillis': maximum: got 90,000, want 60,000
          metrics.prometheusRule.runbookBase=wiki             | at '/metrics/prometheusRule/runbookBase': 'wiki' does not match pattern
          service.port=99999                                  | at '/service/port': maximum: got 99,999, want 65,535
          """)
  void aWrongValue_isRefusedByTheSchema(String value, String sentence) {
    assertThatThrownBy(() -> Chart.render("external", set(value))).hasMessageContaining(sentence);
  }

  /// What the chart's own values say, or its probes, ports and volumes rely on.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "server.port",
        "server.address",
        "server.ssl.enabled",
        "spring.config.import",
        "spring.datasource.url",
        "spring.datasource.username",
        "spring.webflux.base-path",
        "management.server.port",
        "management.endpoints.web.base-path",
        "fiddler.home",
        "fiddler.replica",
        "fiddler.model.path",
        "fiddler.model.name",
        "fiddler.device.kind",
        "fiddler.device.memory",
        "fiddler.shutdown.drain",
        "fiddler.store.embedded",
        "fiddler.store.close-timeout"
      })
  void aSettingOfTheChartsOwn_isRefused(String setting) {
    Map<String, String> values = Map.of("settings." + setting.replace(".", "\\."), "8");

    assertThatThrownBy(() -> Chart.render("external", values))
        .hasMessageContaining("'" + setting + "'");
  }

  @Test
  void settingsBesideTheChartsOwn_areTaken() {
    Map<String, String> values =
        Map.of(
            "settings.fiddler\\.store\\.spool\\.max-size", "1GB",
            "settings.fiddler\\.device\\.experts", "12",
            "settings.server\\.shutdown", "graceful");

    assertThat(Chart.render("external", values).container().at("/args").size()).isEqualTo(3);
  }

  /// By the rules between values.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          external | database.external.url=                              | database.external.url is needed where database.mode is external
          external | database.external.password=                         | database.external needs existingSecret, or username and password
          external | database.external.existingSecret=other              | database.external.existingSecret holds username and password
          embedded | runAsUser=1000                                      | runAsUser must be 10001 where database.mode is embedded
          embedded | replicas=2                                          | database.mode embedded is for one replica
          external | model.path=/models/mixtral                          | model.path /models/mixtral is a folder: set model.volume.type
          gpu      | model.path=/elsewhere/mixtral                       | model.path must lie in model.volume.mountPath /models, got /elsewhere/mixtral
          embedded | model.volume.hostPath.path=                         | model.volume.hostPath.path is needed
          download | model.volume.download.url=                          | model.volume.download.url and files are needed
          gpu      | model.volume.pvc.existingClaim=                     | model.volume.pvc.existingClaim is needed where model.volume.type is pvc
          gpu      | model.volume.pvc.accessMode=ReadWriteOnce           | model.volume.pvc.accessMode ReadWriteOnce is for pods of one node
          gpu      | rollout.maxSurge=0                                  | rollout.maxSurge and rollout.maxUnavailable must not both be 0
          gpu      | autoscaling.minReplicas=9                           | autoscaling.minReplicas must not be above maxReplicas, got 9 and 4
          gpu      | gateway.inferencePool.endpointPicker.name=          | gateway.inferencePool.endpointPicker.name is needed
          gpu      | adminKey.value=a-key-beside-the-secret              | adminKey.existingSecret holds the key
          """)
  void valuesThatDoNotFitTogether_areRefusedByARule(String values, String value, String sentence) {
    assertThatThrownBy(() -> Chart.render(values, set(value))).hasMessageContaining(sentence);
  }

  /// The new pod would wait for the claim, and the old one for the new pod.
  @ParameterizedTest
  @CsvSource({"pvc, existingClaim, pvc.accessMode", "download, claim, download.claimAccessMode"})
  void aClaimForOnePod_allowsNoSecondOneBesideIt(String type, String claim, String accessMode) {
    Map<String, String> values =
        new TreeMap<>(
            Map.of(
                "model.path",
                "/models/mixtral",
                "model.volume.type",
                type,
                "model.volume.download.url",
                "https://models.example",
                "model.volume.download.files[0]",
                "config.json",
                "model.volume." + type + "." + claim,
                "models",
                "model.volume." + accessMode,
                "ReadWriteOnce"));
    assertThatThrownBy(() -> Chart.render("external", values))
        .hasMessageContaining(
            "model.volume.%s ReadWriteOnce lets no new pod start beside the old one: set rollout.maxSurge=0 and rollout.maxUnavailable=1"
                .formatted(accessMode));

    values.putAll(Map.of("rollout.maxSurge", "0", "rollout.maxUnavailable", "1"));
    assertThat(Chart.render("external", values).kinds()).contains("Deployment");
  }

  /// Nothing in values.yaml is unknown to the schema, and nothing in the schema has no default.
  @Test
  void schemaAndDefaults_haveTheSameNames() throws IOException {
    JsonNode schema =
        JsonMapper.shared()
            .readTree(Files.readString(Chart.FOLDER.resolve("values.schema.json"), UTF_8));
    JsonNode defaults =
        Manifests.of(Files.readString(Chart.FOLDER.resolve("values.yaml"), UTF_8))
            .documents()
            .getFirst();

    assertSameNames("", schema, defaults);
  }

  private static void assertSameNames(String path, JsonNode schema, JsonNode defaults) {
    if (!schema.has("properties") || !defaults.isObject()) {
      return;
    }
    assertThat(schema.path("additionalProperties").asBoolean(true))
        .as("additionalProperties of %s", path)
        .isFalse();
    TreeSet<String> known = new TreeSet<>(schema.get("properties").propertyNames());
    // Parent charts set it, whatever a chart does with it.
    known.remove("global");
    assertThat(new TreeSet<>(defaults.propertyNames())).as("names under %s", path).isEqualTo(known);
    defaults
        .properties()
        .forEach(field ->
            assertSameNames(
                path + "/" + field.getKey(),
                schema.get("properties").get(field.getKey()),
                field.getValue()));
  }

  private static Map<String, String> set(String value) {
    int equals = value.indexOf('=');
    return new TreeMap<>(Map.of(value.substring(0, equals), value.substring(equals + 1)));
  }
}
