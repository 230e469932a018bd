package io.fiddler.learning.correction;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineState;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.learning.drift.Drift;
import io.fiddler.learning.drift.DriftOptions;
import io.fiddler.learning.drift.DriftStatus;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.correction.Correction;
import io.fiddler.placement.correction.Prior;
import io.fiddler.usage.PlacementVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the traffic of an engine and moves experts as it changes, on a thread of its own, off
/// the path of tokens. Close it before the engine and what else it uses.
public final class LiveCorrection implements CorrectionMonitor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveCorrection.class);

  /// Between looks at how much came in, which costs next to nothing.
  private static final long POLL_NANOS = 20_000_000;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Engine engine;
  private final Changes changes;
  private final PastTraffic past;
  private final CorrectionOptions options;
  private final DriftOptions driftOptions;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Watch watch;
  private final AtomicLong failures = new AtomicLong();
  private boolean failing;

  LiveCorrection(
      Engine engine,
      Changes changes,
      PastTraffic past,
      CorrectionOptions options,
      DriftOptions driftOptions) {
    this.engine = engine;
    this.changes = changes;
    this.past = past;
    this.options = options;
    this.driftOptions = driftOptions;
    this.thread = Thread.ofPlatform().name("fiddler-correction").daemon().unstarted(this::run);
  }

  /// Begins to watch; what there is to watch begins when the engine is ready.
  public static LiveCorrection start(
      Engine engine,
      Changes changes,
      PastTraffic past,
      CorrectionOptions options,
      DriftOptions driftOptions) {
    LiveCorrection live = new LiveCorrection(engine, changes, past, options, driftOptions);
    live.thread.start();
    return live;
  }

  /// What belongs to a loaded engine.
  private record Watch(
      LookPace pace, TrafficMeter meter, Correction correction, Corrector corrector, Drift drift) {}

  @Override
  public CorrectionStatus status() {
    Watch now = watch;
    return (now == null ? CorrectionStatus.none(options.mode()) : now.corrector().status())
        .failed(failures.get());
  }

  @Override
  public DriftStatus drift() {
    Watch now = watch;
    return now == null ? DriftStatus.UNKNOWN : now.drift().status();
  }

  private void run() {
    try {
      while (!closed.await(POLL_NANOS, TimeUnit.NANOSECONDS)) {
        attempt(this::look);
      }
      attempt(this::finish);
    } catch (InterruptedException e) {
      LOG.debug("Correction ends", e); // closing does not wait for a database that hangs
    }
  }

  /// The edge of the loop: a failure is counted, told once, and tried again.
  private void attempt(LongConsumer pass) {
    try {
      pass.accept(System.nanoTime());
      failing = false;
    } catch (EngineNotReadyException e) {
      LOG.trace("Nothing to correct: {}", e.getMessage());
    } catch (RuntimeException e) {
      failures.incrementAndGet();
      if (!failing) {
        LOG.warn("Live correction failed and goes on trying", e);
      }
      failing = true;
    }
  }

  /// One look, at a time of any clock that only goes forward.
  void look(long nowNanos) {
    Optional<PlacementVersion> inForce = changes.inForce();
    if (engine.status().state() != EngineState.READY || inForce.isEmpty()) {
      return;
    }
    Watch now = watch;
    if (now == null) {
      now = begin(inForce.get(), nowNanos);
      watch = now;
    }
    PlacementVersion version = inForce.get();
    if (!now.pace().isDue(engine.assignmentsSincePlacement(), nowNanos)) {
      return;
    }
    ExpertGrid grid = engine.model().grid();
    Optional<ActivationStatistics> history = past.behind(version, grid, nowNanos);
    now.correction()
        .traffic()
        .prior(
            history
                .filter(known -> !known.isEmpty())
                .map(Prior::of)
                .orElseGet(() -> Prior.of(version.placement(), grid)));
    TrafficMeter.Counted counted = now.meter().look(nowNanos);
    now.correction().observe(counted.activations(), counted.nanos());
    now.drift()
        .observe(
            new Drift.Observation(
                changes.now(),
                counted.activations(),
                now.correction().traffic(),
                engine.assignmentsSincePlacement()),
            Optional.of(version.placement().forecast()),
            history);
    now.corrector().pass(version, nowNanos);
  }

  /// Whether the last look left experts on their way. For the thread that looks.
  boolean isCopying() {
    Watch now = watch;
    return now != null && now.corrector().isCopying();
  }

  /// The last look: what was moved becomes a version, though its window is not over. Else the next
  /// start would not know of it.
  void finish(long nowNanos) {
    Watch now = watch;
    Optional<PlacementVersion> inForce = changes.inForce();
    if (now != null && inForce.isPresent() && engine.status().state() == EngineState.READY) {
      now.corrector().finish(inForce.get(), nowNanos);
    }
  }

  private Watch begin(PlacementVersion version, long nowNanos) {
    ExpertGrid grid = engine.model().grid();
    Correction correction =
        new Correction(grid, options.rules(), Prior.of(version.placement(), grid));
    return new Watch(
        new LookPace(grid.size()),
        new TrafficMeter(engine.activations(), nowNanos),
        correction,
        new Corrector(engine, changes, options, correction),
        new Drift(driftOptions, grid));
  }

  /// Records what was moved last and stops watching; a second call does nothing.
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = Thread.interrupted();
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
