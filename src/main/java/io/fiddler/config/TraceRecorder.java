package io.fiddler.config;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.TraceReport;
import io.fiddler.usage.TraceLog;
import io.fiddler.usage.TraceRecord;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/// Hands sampled traces over for writing. Who takes them and of which model they are is asked once
/// the engine is ready: both know the engine, which is made with its listeners.
final class TraceRecorder implements EngineListener {
  private final ObjectProvider<CountedEngine> engine;
  private final ObjectProvider<TraceLog> log;
  private final Clock clock;
  private volatile @Nullable Target target;

  private record Target(String fingerprint, TraceLog log) {}

  TraceRecorder(ObjectProvider<CountedEngine> engine, ObjectProvider<TraceLog> log, Clock clock) {
    this.engine = engine;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void onStatus(EngineStatus status) {
    if (status.state() == EngineState.READY) {
      engine
          .getObject()
          .get()
          .ifPresent(model -> target = new Target(model.fingerprint(), log.getObject()));
    }
  }

  @Override
  public void onTrace(TraceReport report) {
    Target to = target;
    if (to != null && report.trace().tokens() > 0) { // none if it ended before its first step did
      to.log()
          .append(
              new TraceRecord(
                  UUID.randomUUID(),
                  clock.instant(),
                  report.tenant(),
                  to.fingerprint(),
                  report.trace()));
    }
  }
}
