package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// The alert rules, by Prometheus' own tool where there is one, and the book that says what to do.
final class AlertRulesTest {
  private static final Path TESTS = Path.of("src/test/prometheus/alerts.test.yaml");
  private static final Path RUNBOOK = Path.of("src/docs/runbook.md");

  @Test
  void everyAlert_firesWhenItShould_andNotElse() {
    Tool.Result result = promtool().run("test", "rules", TESTS.toString());

    assertThat(result.code()).as(result.output()).isZero();
  }

  @Test
  void rulesAndConfiguration_areSound() {
    assertThat(promtool().run("check", "rules", Alert.FILE.toString()).output())
        .contains("SUCCESS");
    Tool.Result syntax =
        promtool().run("check", "config", "--syntax-only", "docker/prometheus/prometheus.yaml");
    assertThat(syntax.code()).as(syntax.output()).isZero();
  }

  @Test
  void everyAlert_hasATest() throws IOException {
    String tests = Files.readString(TESTS, UTF_8);

    assertThat(Alert.read())
        .hasSizeGreaterThan(10)
        .allSatisfy(alert -> assertThat(tests).contains("alertname: " + alert.name() + "\n"));
  }

  @Test
  void everyAlert_hasAnEntryInTheRunbook_andEveryEntryAnAlert() throws IOException {
    List<String> entries =
        Files.readAllLines(RUNBOOK, UTF_8).stream()
            .filter(line -> line.startsWith("### Fiddler"))
            .map(line -> line.substring(4))
            .toList();

    assertThat(entries).containsExactlyElementsOf(Alert.read().stream().map(Alert::name).toList());
    assertThat(Alert.read())
        .allSatisfy(alert ->
            assertThat(alert.runbook())
                .isEqualTo(RUNBOOK + "#" + alert.name().toLowerCase(Locale.ROOT)));
  }

  private static Tool promtool() {
    return Tool.find("promtool", "target/prometheus/usr/bin/promtool")
        .orElseGet(() -> abort("no promtool, which .ci/run gets where it can"));
  }
}
