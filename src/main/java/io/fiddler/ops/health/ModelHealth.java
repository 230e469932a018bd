package io.fiddler.ops.health;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.EngineStatus.Transfer;
import io.fiddler.engine.ModelSummary;
import io.fiddler.ops.Text;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether the model can be asked; readiness follows it.
final class ModelHealth implements HealthIndicator {
  private final Engine engine;

  ModelHealth(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Health health() {
    EngineStatus status = engine.status();
    Health.Builder health =
        switch (status.state()) {
          case READY -> Health.up();
          case FAILED -> Health.down();
          case LOADING, CLOSED -> Health.outOfService();
        };
    health.withDetail("state", Text.lower(status.state()));
    if (!status.phase().isEmpty()) {
      health.withDetail("phase", status.phase());
    }
    health.withDetail("progress", status.progress());
    Transfer transfer = status.transfer();
    if (transfer != null) {
      health
          .withDetail("doneBytes", transfer.doneBytes())
          .withDetail("totalBytes", transfer.totalBytes())
          .withDetail("gigabytesPerSecond", transfer.gigabytesPerSecond());
      if (Double.isFinite(transfer.secondsLeft())) {
        health.withDetail("secondsLeft", transfer.secondsLeft());
      }
    }
    if (status.state() == EngineState.READY) {
      ModelSummary model = engine.model();
      health
          .withDetail("name", model.name())
          .withDetail("fingerprint", model.fingerprint())
          .withDetail("weightsSizeBytes", model.weightsSizeBytes());
    }
    return health.build();
  }
}
