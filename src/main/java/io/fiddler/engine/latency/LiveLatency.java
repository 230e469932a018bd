package io.fiddler.engine.latency;

import io.fiddler.dispatch.CostLane;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.dispatch.LaneObservation;
import io.fiddler.dispatch.LatencyDispatcher;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.LatencyRefit;
import io.fiddler.dispatch.RestrictedDispatcher;
import io.fiddler.dispatch.UniformSplit;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.RecordedStep;
import io.fiddler.expert.Way;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The dispatcher in force: a fixed one, or one that follows the measured latency model as recorded
/// steps correct it. The step thread plans and, between steps, {@link #observe observes}, so that
/// all layers of a step are planned alike. Reports may be asked for from any thread.
public final class LiveLatency implements Dispatcher {
  private final @Nullable Live live;
  private volatile Dispatcher dispatcher;

  /// What a model that decides comes from and becomes.
  ///
  /// @param refit guarded by itself
  private record Live(
      MeasuredLatency measured,
      boolean stored,
      boolean frozen,
      LatencyRefit refit,
      Function<LatencyModel, Dispatcher> dispatchers) {}

  private LiveLatency(@Nullable Live live, Dispatcher dispatcher) {
    this.live = live;
    this.dispatcher = dispatcher;
  }

  /// Always this dispatcher; no model is needed.
  public static LiveLatency fixed(Dispatcher dispatcher) {
    return new LiveLatency(null, dispatcher);
  }

  /// Follows a measurement and what live timings make of it.
  ///
  /// @param stored whether the measurement is of an earlier start
  public static LiveLatency following(MeasuredLatency measured, boolean stored) {
    return of(measured, stored, false, LatencyDispatcher::new);
  }

  /// Splits every expert as the measurement says is best for one row, for ever: live timings are
  /// compared with the model but do not change it.
  ///
  /// @param stored whether the measurement is of an earlier start
  /// @param numSlices slices of an expert
  public static LiveLatency frozen(MeasuredLatency measured, boolean stored, int numSlices) {
    return of(measured, stored, true, model -> UniformSplit.of(model, numSlices));
  }

  private static LiveLatency of(
      MeasuredLatency measured,
      boolean stored,
      boolean frozen,
      Function<LatencyModel, Dispatcher> dispatchers) {
    LatencyRefit refit = new LatencyRefit(measured.model());
    return new LiveLatency(
        new Live(measured, stored, frozen, refit, dispatchers),
        dispatchers.apply(measured.model()));
  }

  /// The same without some ways.
  public LiveLatency without(Set<Way> off) {
    if (off.isEmpty()) {
      return this;
    }
    Dispatcher restricted = RestrictedDispatcher.of(dispatcher, off);
    if (live == null) {
      return fixed(restricted);
    }
    return new LiveLatency(
        new Live(
            live.measured(),
            live.stored(),
            live.frozen(),
            live.refit(),
            model -> RestrictedDispatcher.of(live.dispatchers().apply(model), off)),
        restricted);
  }

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    return dispatcher.plan(loads, numSlices);
  }

  /// The model in force, if there is one.
  public Optional<LatencyModel> model() {
    if (live == null) {
      return Optional.empty();
    }
    synchronized (live.refit()) {
      return Optional.of(live.refit().model());
    }
  }

  /// Learns from a step. The next steps are planned with what it taught.
  public void observe(RecordedStep step) {
    if (live == null) {
      return;
    }
    synchronized (live.refit()) {
      for (LaneInterval interval : step.intervals()) {
        LaneObservation observation = observation(interval);
        if (observation != null) {
          live.refit().observe(observation);
        }
      }
      if (!live.frozen()) {
        dispatcher = live.dispatchers().apply(live.refit().refit());
      }
    }
  }

  private static @Nullable LaneObservation observation(LaneInterval interval) {
    CostLane lane =
        switch (interval.lane()) {
          case HOST -> CostLane.HOST;
          case COPY -> CostLane.COPY;
          case COMPUTE -> CostLane.DEVICE;
          case STEP -> null;
        };
    if (lane == null || interval.work().parts().isEmpty() || interval.nanos() == 0) {
      return null;
    }
    List<LaneObservation.Share> shares =
        interval.work().parts().stream()
            .map(part ->
                new LaneObservation.Share(part.rows(), (double) part.slices() / part.ofSlices()))
            .toList();
    return new LaneObservation(lane, shares, interval.nanos());
  }

  /// The model and how well it predicts, if there is one.
  public Optional<LatencyReport> report() {
    if (live == null) {
      return Optional.empty();
    }
    MeasuredLatency measured = live.measured();
    synchronized (live.refit()) {
      return Optional.of(
          new LatencyReport(
              measured.measuredAt(),
              measured.seconds(),
              measured.conditions(),
              live.stored(),
              live.frozen(),
              measured.model(),
              live.refit().model(),
              live.frozen() ? List.of() : live.refit().corrections(),
              live.refit().residuals()));
    }
  }
}
