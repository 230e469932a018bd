package io.fiddler.engine.load.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.engine.latency.MeasuredLatency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyModelFileTest {
  private static final String FINGERPRINT = "0123456789abcdef0123";

  private static final MeasuredLatency MEASURED =
      new MeasuredLatency(
          new LatencyModel(
              new LatencyCurve(List.of(new Point(1, 10), new Point(2, 12.5))),
              new LatencyCurve(List.of(new Point(1, 3))),
              77),
          Instant.parse("2026-11-20T10:15:30Z"),
          3.25,
          64,
          "in a test");

  @TempDir private Path home;

  @Test
  void model_isReadBack_forTheSameSetUpOnly() {
    file("H100 16 threads").write(MEASURED);
    assertThat(file("H100 16 threads").read(64)).contains(MEASURED);
    assertThat(file("H100 8 threads").read(64)).isEmpty();
  }

  @Test
  void model_isMeasuredAnew_whenMoreRowsAreNeededThanItHas() {
    file("x").write(MEASURED);
    assertThat(file("x").read(65)).isEmpty();
    assertThat(file("x").read(1)).contains(MEASURED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hostNanos\":",
        "[]",
        // As it was before it had a version.
        "{\"hostNanos\":{\"points\":[{\"rows\":1,\"nanos\":10.0}]},"
            + "\"deviceNanos\":{\"points\":[{\"rows\":1,\"nanos\":3.0}]},\"copyNanos\":77.0}",
        "{\"version\":1,\"latency\":{}}",
        "{\"version\":2,\"latency\":{\"model\":{\"copyNanos\":-1}}}",
        "{\"version\":2}"
      })
  void otherContent_countsAsNone(String content) throws IOException {
    LatencyModelFile file = file("x");
    file.write(MEASURED);
    try (var files = Files.list(home.resolve("latency"))) {
      Files.writeString(files.toList().getFirst(), content);
    }
    assertThat(file.read(1)).isEmpty();
  }

  @Test
  void folderThatCannotBeWritten_isNoFailure() throws IOException {
    Path notAFolder = Files.writeString(home.resolve("file"), "");
    new LatencyModelFile(notAFolder, FINGERPRINT, "x").write(MEASURED);
    assertThat(new LatencyModelFile(notAFolder, FINGERPRINT, "x").read(1)).isEmpty();
  }

  private LatencyModelFile file(String setUp) {
    return new LatencyModelFile(home, FINGERPRINT, setUp);
  }
}
