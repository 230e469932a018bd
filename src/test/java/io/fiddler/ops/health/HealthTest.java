package io.fiddler.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus.Transfer;
import io.fiddler.ops.FakeEngine;
import io.fiddler.ops.FakeMonitor;
import io.fiddler.usage.StoreStatus;
import io.fiddler.usage.StoreStatus.SpoolStatus;
import io.fiddler.usage.UpkeepStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

final class HealthTest {
  private static final SpoolStatus NO_SPOOL = new SpoolStatus(0, 0, 0, 0, null);
  private final FakeEngine engine = new FakeEngine();

  @Test
  void model_isOutOfServiceWithItsProgress_whileLoading() {
    engine.become(EngineState.LOADING, "reading weights", 0.25);

    Health health = new ModelHealth(engine).health();

    assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(health.getDetails())
        .containsEntry("state", "loading")
        .containsEntry("phase", "reading weights")
        .containsEntry("progress", 0.25);
    assertThat(new DeviceHealth(engine).health().getStatus()).isEqualTo(Status.UNKNOWN);
  }

  @Test
  void modelAndDevice_areUpWithTheirDetails_whenReady() {
    assertThat(new ModelHealth(engine).health())
        .satisfies(health -> {
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("name", "fake")
              .containsEntry("fingerprint", "f00d")
              .doesNotContainKey("phase");
        });
    assertThat(new DeviceHealth(engine).health().getDetails())
        .containsEntry("kind", "emulated")
        .containsEntry("reason", "the test asks for it")
        .containsEntry("memoryBytes", 4_000L)
        .containsEntry("name", "a test")
        .containsEntry("usedBytes", 0L)
        .containsEntry("expertCapacity", 2)
        .containsEntry("residentExperts", 0)
        .containsEntry("framesLent", 1)
        .containsEntry("kvCacheTokens", 64L)
        .containsEntry("mostKvCacheTokens", 96L)
        .containsEntry("cpuKernels", "scalar");
  }

  @Test
  void model_showsRateAndTimeLeft_whileBytesAreMoved() {
    engine.transfer("reading weights", 0.3, new Transfer(30_000_000_000L, 90_000_000_000L, 5e9));

    assertThat(new ModelHealth(engine).health().getDetails())
        .containsEntry("phase", "reading weights")
        .containsEntry("doneBytes", 30_000_000_000L)
        .containsEntry("totalBytes", 90_000_000_000L)
        .containsEntry("gigabytesPerSecond", 5.0)
        .containsEntry("secondsLeft", 12.0);
  }

  @Test
  void model_isDown_whenLoadingFailed() {
    engine.become(EngineState.FAILED, "config.json is missing", 0);

    assertThat(new ModelHealth(engine).health().getStatus()).isEqualTo(Status.DOWN);
  }

  @Test
  void store_isDegradedAndSaysWhy_whenTheDatabaseIsDown() {
    Health health =
        new StoreHealth(
                () -> new StoreStatus(false, 12, 3, 7, "Connection refused", NO_SPOOL, false, 0, 0))
            .health();

    assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(health.getDetails())
        .containsEntry("available", false)
        .containsEntry("bufferedRequests", 12)
        .containsEntry("droppedRequests", 3L)
        .containsEntry("lastError", "Connection refused");
  }

  @Test
  void store_isDegradedAndSaysWhatWaits_whenThereIsNoRoomForMore() {
    SpoolStatus spool = new SpoolStatus(4096, 4096, 20, 30, "No space left on device");
    Health health =
        new StoreHealth(() -> new StoreStatus(true, 12, 3, 7, null, spool, true, 4, 5)).health();

    assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(health.getDetails())
        .containsEntry("full", true)
        .containsEntry("refusedRequests", 4L)
        .containsEntry("droppedTraces", 5L)
        .containsEntry("spooledRequests", 20L)
        .containsEntry("spoolBytes", 4096L)
        .containsEntry("spoolMaxBytes", 4096L)
        .containsEntry("replayedRequests", 30L)
        .containsEntry("spoolError", "No space left on device");
  }

  @Test
  void store_isUp_whenTheDatabaseAnswers() {
    Health health =
        new StoreHealth(() -> new StoreStatus(true, 0, 0, 7, null, NO_SPOOL, false, 0, 0)).health();

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails()).containsEntry("lastBatch", 7L).doesNotContainKey("lastError");
  }

  @Test
  void placement_isUpWithItsDrift_alsoWhenItDrifts() {
    FakeMonitor monitor = new FakeMonitor();
    assertThat(new PlacementHealth(monitor).health())
        .satisfies(health -> {
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("drifting", false)
              .containsEntry("correction", "suggest")
              .doesNotContainKey("hitRateNow");
        });
    monitor.drifts();
    assertThat(new PlacementHealth(monitor).health())
        .satisfies(health -> {
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("drifting", true)
              .containsEntry("hitRateNow", 0.3)
              .containsEntry("forecast", 0.5)
              .containsEntry("divergence", 0.125)
              .containsEntry("maxDivergenceLayer", 2);
        });
  }

  @Test
  void upkeep_isDegraded_onlyWhileItFails() {
    UpkeepStatus failed = new UpkeepStatus(0, 0, null, null).failed("refused");
    UpkeepStatus well = failed.succeeded(Instant.EPOCH);

    assertThat(new UpkeepHealth(() -> failed).health().getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(new UpkeepHealth(() -> failed).health().getDetails())
        .containsEntry("failures", 1L)
        .containsEntry("lastError", "refused");
    assertThat(new UpkeepHealth(() -> well).health().getStatus()).isEqualTo(Status.UP);
    assertThat(new UpkeepHealth(() -> well).health().getDetails())
        .containsEntry("rounds", 1L)
        .containsEntry("lastRound", Instant.EPOCH);
  }
}
