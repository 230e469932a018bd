package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresLatencyModelStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void find_isWhatWasSavedLast_forThatMachineAndModel() {
    try (TestStore store = TestStore.create()) {
      var models = new PostgresLatencyModelStore(store.connection());
      models.save("machine", "print", model(1e6), NOW);
      models.save("machine", "print", model(2e6 + 1.0 / 3), NOW.plusSeconds(1));
      assertThat(models.find("machine", "print")).contains(model(2e6 + 1.0 / 3));
      assertThat(models.find("machine", "other")).isEmpty();
      assertThat(models.find("other", "print")).isEmpty();
    }
  }

  private static LatencyModel model(double nanos) {
    LatencyCurve host = new LatencyCurve(List.of(new Point(1, nanos), new Point(64, nanos * 3)));
    LatencyCurve device = new LatencyCurve(List.of(new Point(1, nanos / 7)));
    return new LatencyModel(host, device, nanos * 5);
  }
}
