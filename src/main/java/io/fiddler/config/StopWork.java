package io.fiddler.config;

import io.fiddler.engine.EngineNotReadyException;
import org.springframework.context.SmartLifecycle;

/// Work to be done when the service stops, before the engine is closed.
final class StopWork implements SmartLifecycle {
  private final int phase;
  private final Runnable work;
  private volatile boolean running;

  private StopWork(int phase, Runnable work) {
    this.phase = phase;
    this.work = work;
  }

  /// Before anything else stops; requests still run.
  static StopWork first(Runnable work) {
    return new StopWork(EngineLifecycle.PHASE + 2, work);
  }

  /// After the last request, for what only a living engine knows.
  static StopWork afterRequests(Runnable work) {
    return new StopWork(
        EngineLifecycle.PHASE + 1,
        () -> {
          try {
            work.run();
          } catch (EngineNotReadyException e) {
            // It was never loaded, so there is nothing to know.
          }
        });
  }

  @Override
  public void start() {
    running = true;
  }

  /// Does it itself instead of having Spring wait: each has its own limit.
  @Override
  public void stop() {
    running = false;
    work.run();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Higher ones stop first.
  @Override
  public int getPhase() {
    return phase;
  }

  /// The service does not take requests again once it has refused them.
  @Override
  public boolean isPauseable() {
    return false;
  }
}
