package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.deploy.Selected;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The service as images and chart start it: reachable from elsewhere, its secrets in files, and
/// what alert rules, dashboard and autoscaler ask for among its metrics.
final class DeployedServiceTest {
  private static final String KEY = "a-key-that-lies-in-a-file";
  private static final Pattern SAMPLE = Pattern.compile("([a-z_0-9]+)(?:\\{([^}]*)})? .*");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    // As Kubernetes mounts a Secret: the files are links, by way of a folder of the version.
    Path secrets = Files.createDirectories(folder.resolve("secrets/..2026"));
    Files.writeString(secrets.resolve("fiddler.security.admin-key"), KEY + "\n");
    Files.createSymbolicLink(folder.resolve("secrets/..data"), Path.of("..2026"));
    Files.createSymbolicLink(
        folder.resolve("secrets/fiddler.security.admin-key"),
        Path.of("..data/fiddler.security.admin-key"));
    service =
        RunningService.start(
            folder.resolve("home"),
            TestDatabase.create(),
            "--server.address=0.0.0.0",
            "--fiddler.store.embedded=false",
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--spring.config.import=configtree:" + folder.resolve("secrets") + "/");
    send("/v1/completions", "{\"prompt\": \"It was\", \"max_tokens\": 4}", KEY);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void keyOfAFile_isDemanded() {
    assertThat(service.get("/actuator/prometheus").status()).isEqualTo(401);
    assertThat(send("/actuator/prometheus", null, KEY).statusCode()).isEqualTo(200);
  }

  /// Kubernetes has no key to show.
  @Test
  void probes_areOpen() {
    assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
    RunningService.Answer readiness = service.get("/actuator/health/readiness");
    assertThat(readiness.status()).isEqualTo(200);
    // What the start-up probe tells of loading.
    assertThat(readiness.json().at("/components/model/details/progress").asDouble()).isEqualTo(1);
  }

  /// The image's HEALTHCHECK and the chart's start-up probe.
  @Test
  void healthProgram_tellsWhetherItIsReady() throws IOException {
    Process ready = health(service.root().getPort());
    assertThat(new String(ready.getInputStream().readAllBytes(), UTF_8)).isEqualTo("ready\n");
    assertThat(ready.onExit().join().exitValue()).isZero();

    Process nobody = health(1);
    assertThat(new String(nobody.getInputStream().readAllBytes(), UTF_8))
        .isEqualTo("nothing answers on port 1 yet\n");
    assertThat(nobody.onExit().join().exitValue()).isEqualTo(1);
  }

  private static Process health(int port) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("docker/bin/health").redirectErrorStream(true);
    builder.environment().put("SERVER_PORT", String.valueOf(port));
    return builder.start();
  }

  @Test
  void metricsThatRulesAndDashboardSelect_areThere_withTheirLabels() {
    Map<String, Set<String>> metrics = metrics();
    List<Selected> selected = Selected.everywhere();

    assertThat(selected).hasSizeGreaterThan(50);
    assertThat(selected)
        .allSatisfy(one -> {
          assertThat(metrics).as(one.where()).containsKey(one.metric());
          assertThat(metrics.get(one.metric())).as(one.where()).containsAll(one.labels());
        });
  }

  /// Names of the metrics that the service has, with the names of their labels.
  private static Map<String, Set<String>> metrics() {
    Map<String, Set<String>> metrics = new TreeMap<>();
    for (String line : send("/actuator/prometheus", null, KEY).body().lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        Set<String> labels = metrics.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          labels.add(label.group(1));
        }
      }
    }
    return metrics;
  }

  private static HttpResponse<String> send(String path, @Nullable String json, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.root().resolve(path))
            .header("Authorization", "Bearer " + key);
    if (json != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(json, UTF_8));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
