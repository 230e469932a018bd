package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyModelFileTest {
  private static final String FINGERPRINT = "0123456789abcdef0123";

  private static final LatencyModel MODEL =
      new LatencyModel(
          new LatencyCurve(List.of(new Point(1, 10), new Point(2, 12.5))),
          new LatencyCurve(List.of(new Point(1, 3))),
          77);

  @TempDir private Path home;

  @Test
  void model_isReadBack_forTheSameSetUpOnly() {
    new LatencyModelFile(home, FINGERPRINT, "H100 16 threads").write(MODEL);
    assertThat(new LatencyModelFile(home, FINGERPRINT, "H100 16 threads").read()).contains(MODEL);
    assertThat(new LatencyModelFile(home, FINGERPRINT, "H100 8 threads").read()).isEmpty();
  }

  @Test
  void brokenFile_countsAsNone() throws IOException {
    LatencyModelFile file = new LatencyModelFile(home, FINGERPRINT, "x");
    file.write(MODEL);
    try (var files = Files.list(home.resolve("latency"))) {
      Files.writeString(files.toList().getFirst(), "{\"hostNanos\":");
    }
    assertThat(file.read()).isEmpty();
  }

  @Test
  void folderThatCannotBeWritten_isNoFailure() throws IOException {
    Path notAFolder = Files.writeString(home.resolve("file"), "");
    new LatencyModelFile(notAFolder, FINGERPRINT, "x").write(MODEL);
    assertThat(new LatencyModelFile(notAFolder, FINGERPRINT, "x").read()).isEmpty();
  }
}
