package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.ops.Text;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Reads the engine. Of one thread, which calls it every second.
final class LiveSampler {
  /// Samples to a point of the curves.
  static final int SAMPLES_PER_POINT = 5;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private final Engine engine;
  private final EngineWork work;
  private final LatestGenerations generations;
  private final History history;
  private final Clock clock;
  private final TotalsWindow window = new TotalsWindow(MINUTE);
  private @Nullable Totals atLastPoint;
  private int samples;

  LiveSampler(
      Engine engine, EngineWork work, LatestGenerations generations, History history, Clock clock) {
    this.engine = engine;
    this.work = work;
    this.generations = generations;
    this.history = history;
    this.clock = clock;
  }

  /// What is live at the moment `nanos`.
  Live sample(long nanos) {
    Totals now = work.totals(nanos);
    window.add(now);
    long time = clock.instant().getEpochSecond();
    EngineStatus status = engine.status();
    LivePlacement placement = placement(status);
    Totals minute = window.within(MINUTE);
    Totals recent = window.within(TEN_SECONDS);
    return new Live(
        time,
        Text.lower(status.state()),
        status.phase(),
        status.progress(),
        work.running(),
        work.queued(),
        recent.perSecond(recent.promptTokens()),
        recent.perSecond(recent.decodedTokens()),
        recent.stepMillis(),
        minute.hitRate(),
        Lanes.of(recent, minute),
        generations.latencies(),
        placement,
        placement == null ? null : point(time, now, minute, placement));
  }

  private @Nullable Point point(long time, Totals now, Totals minute, LivePlacement placement) {
    Totals last = atLastPoint;
    if (last == null) {
      atLastPoint = now;
      return null;
    }
    if (++samples % SAMPLES_PER_POINT != 0) {
      return null;
    }
    atLastPoint = now;
    Totals stretch = now.minus(last);
    Point point =
        new Point(
            time,
            placement.version(),
            minute.hitRate(),
            placement.forecast(),
            placement.uncertainty(),
            Lanes.of(stretch, minute),
            stretch.perSecond(stretch.promptTokens()),
            stretch.perSecond(stretch.decodedTokens()));
    history.add(point);
    return point;
  }

  private @Nullable LivePlacement placement(EngineStatus status) {
    try {
      return status.state() == EngineState.READY ? LivePlacement.of(engine) : null;
    } catch (EngineNotReadyException closedMeanwhile) {
      return null;
    }
  }
}
