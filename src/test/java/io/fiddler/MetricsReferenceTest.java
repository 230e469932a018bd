package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `src/docs/metrics.md` is written from the meters of the running service.
final class MetricsReferenceTest {
  private static final String HEAD =
      """
      # Metrics

      What the service measures of itself, beside what Spring Boot measures of the JVM, the process, HTTP and the connection pool. In
      `/actuator/metrics/{name}` under these names, in `/actuator/prometheus` with underscores and the unit behind them
      (`fiddler_streamed_bytes_total`, `gen_ai_server_time_to_first_token_seconds_bucket`). Alerts on them: [runbook](runbook.md).

      | metric | kind | unit | tags | |
      |---|---|---|---|---|
      """;

  @TempDir Path home;

  @Test
  void everyMeter_isDescribed_andNothingElse() throws IOException {
    try (RunningService service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--fiddler.dispatch.timeline-every=1")) {
      service.complete("Call me Ishmael.");
      String text = text(service.meters());
      assertThat(text).contains("| `fiddler.streamed` | counter | bytes |");
      new GeneratedDocument("metrics.md").requireIs(text);
    }
  }

  private static String text(MeterRegistry registry) {
    Map<String, Meter.Id> meters = new TreeMap<>();
    Map<String, NavigableSet<String>> tags = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      Meter.Id id = meter.getId();
      if (id.getName().startsWith("fiddler.") || id.getName().startsWith("gen_ai.")) {
        meters.put(id.getName(), id);
        NavigableSet<String> keys = tags.computeIfAbsent(id.getName(), _ -> new TreeSet<>());
        id.getTags().stream().map(Tag::getKey).forEach(keys::add);
      }
    }
    StringBuilder text = new StringBuilder(HEAD);
    meters.forEach((name, id) -> {
      assertThat(id.getDescription()).as(name).isNotBlank();
      text.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  name,
                  id.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  id.getType() == Meter.Type.TIMER
                      ? "seconds"
                      : id.getBaseUnit() == null ? "" : id.getBaseUnit(),
                  tags.getOrDefault(name, new TreeSet<>()).stream()
                      .map(k -> "`" + k + "`")
                      .collect(Collectors.joining(", ")),
                  id.getDescription()));
    });
    return text.toString();
  }
}
