package io.fiddler.config;

import io.fiddler.engine.EngineNotReadyException;
import org.springframework.context.SmartLifecycle;

/// Keeps what only a living engine knows when the service stops, after the last request and before
/// the engine is closed.
final class BeforeEngineCloses implements SmartLifecycle {
  private final Runnable work;
  private volatile boolean running;

  BeforeEngineCloses(Runnable work) {
    this.work = work;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    try {
      work.run();
    } catch (EngineNotReadyException e) {
      // It was never loaded, so there is nothing to know.
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Higher ones stop first.
  @Override
  public int getPhase() {
    return EngineLifecycle.PHASE + 1;
  }

  @Override
  public boolean isPauseable() {
    return false;
  }
}
