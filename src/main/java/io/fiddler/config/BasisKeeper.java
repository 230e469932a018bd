package io.fiddler.config;

import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.learning.simulation.LiveSimulations;
import org.springframework.context.SmartLifecycle;

/// Keeps what simulations need to know of the service when it stops, before its engine is closed.
final class BasisKeeper implements SmartLifecycle {
  private final LiveSimulations simulations;
  private volatile boolean running;

  BasisKeeper(LiveSimulations simulations) {
    this.simulations = simulations;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    try {
      simulations.keepBasis();
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
