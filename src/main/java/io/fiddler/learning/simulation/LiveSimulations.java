package io.fiddler.learning.simulation;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.learning.simulation.Simulator.Running;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.TraceRecord;
import io.fiddler.usage.Traces;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// Answers what-if questions about the running service from its recorded traces, and keeps what
/// simulations need to know of it for those that are made without it. Blocking, thread-safe.
public final class LiveSimulations {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);

  private final Engine engine;
  private final StepMeter meter;
  private final Limits limits;
  private final Recorded recorded;
  private final Simulator simulator;
  private final SimulationThread thread;
  private final Clock clock;

  /// What is recorded.
  ///
  /// @param traces from the database
  /// @param store brings the latest there
  /// @param maxTokens of the latest traces
  /// @param kept where the basis is kept
  public record Recorded(Traces traces, StoreFlush store, long maxTokens, KeptBasis kept) {}

  /// Over an engine and what is recorded of it.
  public LiveSimulations(
      Engine engine,
      StepMeter meter,
      Limits limits,
      Recorded recorded,
      Simulator simulator,
      SimulationThread thread,
      Clock clock) {
    this.engine = engine;
    this.meter = meter;
    this.limits = limits;
    this.recorded = recorded;
    this.simulator = simulator;
    this.thread = thread;
    this.clock = clock;
  }

  /// What simulations know of the service now.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if the engine is not ready
  public SimulationBasis basis() {
    return SimulationBasis.of(engine, meter.rest(), limits, clock.instant());
  }

  /// Keeps it for simulations without the service, unless it has run no step: what an earlier run
  /// measured says more.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if the engine is not ready
  public void keepBasis() {
    keep(basis());
  }

  private void keep(SimulationBasis basis) {
    if (!basis.rest().points().isEmpty()) {
      recorded.kept().write(basis);
    }
  }

  /// Answers a question.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if the engine is not ready
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  /// @throws NoTracesException if there are too few traces
  /// @throws SimulationBusyException if there is no time for it
  /// @throws IllegalArgumentException with one sentence if the question is wrong
  public SimulationReport answer(WhatIf whatIf) {
    SimulationBasis basis = basis();
    keep(basis);
    // If the latest traces do not arrive in time, the earlier ones do.
    recorded.store().flush(FLUSH_TIMEOUT);
    return thread.run(() -> {
      List<TraceRecord> traces =
          recorded
              .traces()
              .latest(basis.fingerprint(), Simulator.maxTokens(basis, recorded.maxTokens()));
      return simulator.answer(
          basis,
          traces,
          whatIf,
          meter.sincePlacement().map(totals -> new Running(engine, totals)).orElse(null));
    });
  }
}
