package io.fiddler.config;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.TraceReport;
import io.fiddler.store.writer.CountedModel;
import io.fiddler.usage.TraceLog;
import io.fiddler.usage.TraceRecord;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Hands sampled traces over for writing.
///
/// @param counted the model they are of; asked only once there are traces, since the engine that
///   knows it is made with its listeners
/// @param log takes them
record TraceRecorder(Supplier<Optional<CountedModel>> counted, TraceLog log, Clock clock)
    implements EngineListener {
  @Override
  public void onTrace(TraceReport report) {
    if (report.trace().tokens() == 0) {
      return; // ended before its first step did
    }
    counted
        .get()
        .ifPresent(
            model ->
                log.append(
                    new TraceRecord(
                        UUID.randomUUID(),
                        clock.instant(),
                        report.tenant(),
                        model.fingerprint(),
                        report.trace())));
  }
}
