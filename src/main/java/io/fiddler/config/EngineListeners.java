package io.fiddler.config;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.TraceReport;
import java.util.List;

/// Tells several listeners.
record EngineListeners(List<EngineListener> listeners) implements EngineListener {
  EngineListeners {
    listeners = List.copyOf(listeners);
  }

  @Override
  public void onStatus(EngineStatus status) {
    listeners.forEach(listener -> listener.onStatus(status));
  }

  @Override
  public void onStep(StepReport report) {
    listeners.forEach(listener -> listener.onStep(report));
  }

  @Override
  public void onTimeline(TimelineReport report) {
    listeners.forEach(listener -> listener.onTimeline(report));
  }

  @Override
  public void onGeneration(GenerationReport report) {
    listeners.forEach(listener -> listener.onGeneration(report));
  }

  @Override
  public void onTrace(TraceReport report) {
    listeners.forEach(listener -> listener.onTrace(report));
  }

  @Override
  public void onIdle() {
    listeners.forEach(EngineListener::onIdle);
  }
}
