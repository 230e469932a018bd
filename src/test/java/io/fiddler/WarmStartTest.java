package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.EngineMain;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `fiddler profile` writes makes the first start of a service warm, one that has an empty
/// database.
final class WarmStartTest {
  private static final int PROFILED = 18;

  @TempDir private Path home;

  @Test
  void firstStart_isWarm_withStatisticsOrAPlacementFromElsewhere() throws IOException {
    List<String> prompts = Prompts.of("dictionary");
    Path statistics = home.resolve("statistics.json");
    Path placement = home.resolve("placement.json");
    profile(prompts.subList(0, PROFILED), statistics, placement);

    try (RunningService service =
        start("--fiddler.placement.statistics=" + statistics, "statistics")) {
      JsonNode planned = service.get("/actuator/placement").json();
      assertThat(planned.get("policy").asString()).isEqualTo("frequency");
      assertThat(planned.get("forecastHitRate").asDouble()).isGreaterThan(0.48);
      prompts.subList(PROFILED, prompts.size()).forEach(prompt -> service.complete(prompt));
      assertThat(service.get("/actuator/placement").json().get("actualHitRate").asDouble())
          .isGreaterThanOrEqualTo(0.48);
    }
    try (RunningService service = start("--fiddler.placement.file=" + placement, "placement")) {
      JsonNode given = JsonMapper.shared().readTree(Files.readString(placement));
      JsonNode used = service.get("/actuator/placement").json();
      assertThat(used.get("experts")).isEqualTo(given.get("experts"));
      assertThat(used.get("policy").asString()).isEqualTo("frequency");
      assertThat(used.get("forecastHitRate")).isEqualTo(given.get("forecastHitRate"));
      assertThat(used.get("author").asString()).isEqualTo("startup");
      assertThat(used.get("reason").asString()).isEqualTo("from " + placement);
      assertThat(used.get("version").asLong()).isPositive();
    }
  }

  private void profile(List<String> prompts, Path statistics, Path placement) throws IOException {
    Path file = home.resolve("prompts.json");
    Files.writeString(file, JsonMapper.shared().writeValueAsString(prompts));
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    assertThat(
            EngineMain.run(
                new String[] {
                  "profile",
                  file.toString(),
                  "--device=none",
                  "--max-tokens=24",
                  "--out=" + statistics,
                  "--placement=" + placement,
                  "--experts=12"
                },
                nowhere,
                nowhere))
        .hasValue(0);
  }

  private RunningService start(String setting, String name) {
    return RunningService.start(
        home.resolve(name),
        TestDatabase.create(),
        "--fiddler.device.kind=emulated",
        "--fiddler.device.experts=12",
        setting);
  }
}
