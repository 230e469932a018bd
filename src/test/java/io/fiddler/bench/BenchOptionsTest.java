package io.fiddler.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.measure.Scenario;
import org.junit.jupiter.api.Test;

final class BenchOptionsTest {
  private static BenchOptions options(String... args) {
    return BenchOptions.of(new CommandLine(args));
  }

  @Test
  void issue_hasTheRowsOfTheTable_andRoomForThem() {
    BenchOptions options = options("--preset=issue");
    assertThat(options.scenarios())
        .extracting(Scenario::name)
        .containsExactly(
            "1 request, 32 in, 64 out",
            "1 request, 512 in, 1 out",
            "1 request, 2048 in, 1 out",
            "16 requests, 32 in, 64 out",
            "64 requests, 32 in, 64 out");
    assertThat(options.maxStepTokens()).isEqualTo(2048);
    assertThat(options.kvCacheTokens()).isEqualTo(64 * 112);
    assertThat(options.limits().maxRunning()).isEqualTo(64);
  }

  @Test
  void presets_areThoseOfThePaper() {
    assertThat(options("--preset=single").scenarios())
        .hasSize(16)
        .contains(Scenario.of(1, 32, 64), Scenario.of(1, 256, 512));
    assertThat(options("--preset=prefill").scenarios())
        .extracting(Scenario::promptTokens)
        .containsExactly(512, 1024, 2048, 4096);
    BenchOptions beam = options("--preset=beam");
    assertThat(beam.scenarios())
        .extracting(Scenario::name)
        .containsExactly(
            "1 request, 4 beams, 32 in, 64 out",
            "1 request, 8 beams, 32 in, 64 out",
            "1 request, 12 beams, 32 in, 64 out",
            "1 request, 16 beams, 32 in, 64 out");
    assertThat(beam.limits().maxRunning()).isEqualTo(16);
    assertThat(beam.kvCacheTokens()).isEqualTo(16 * 112);
  }

  @Test
  void lists_areCombined() {
    BenchOptions options = options("--requests=1,2", "--prompt=3,1000", "--tokens=5");
    assertThat(options.scenarios())
        .containsExactly(
            Scenario.of(1, 3, 5),
            Scenario.of(1, 1000, 5),
            Scenario.of(2, 3, 5),
            Scenario.of(2, 1000, 5));
    assertThat(options.maxStepTokens()).isEqualTo(1000);
    assertThat(options.kvCacheTokens()).isEqualTo(2 * 1024);
  }

  @Test
  void skew_isPutIntoTheModelsName() {
    assertThat(options("--model=synthetic:tiny", "--skew=1.0").model())
        .isEqualTo("synthetic:tiny?skew=1.0");
    assertThat(options("--model=synthetic:tiny?seed=1", "--skew=0.5").model())
        .isEqualTo("synthetic:tiny?seed=1&skew=0.5");
  }
}
