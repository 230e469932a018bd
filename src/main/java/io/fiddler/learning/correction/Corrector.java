package io.fiddler.learning.correction;

import io.fiddler.engine.Engine;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.placement.Placement;
import io.fiddler.placement.correction.Correction;
import io.fiddler.placement.correction.Exchange;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moves the experts of one loaded engine. At most one set of exchanges is on its way at a time.
/// Not thread-safe, except for the status.
final class Corrector {
  private static final int LAST_COPY_SECONDS = 2;
  private static final long RECORD_AGAIN_NANOS = 30_000_000_000L;

  private final Engine engine;
  private final Changes changes;
  private final CorrectionOptions options;
  private final Correction correction;
  private final CorrectionWindow window;
  private final CorrectionLog log;
  private final ExpertGrid grid;
  private final long expertSizeBytes;

  private long version = Long.MIN_VALUE;
  private Set<ExpertId> lastWanted = Set.of();
  private @Nullable Copying copying;
  private long nextRecordNanos = Long.MIN_VALUE;
  private long epoch;
  private long exchanged;
  private @Nullable Instant lastChange;
  private volatile CorrectionStatus status;

  Corrector(Engine engine, Changes changes, CorrectionOptions options, Correction correction) {
    ModelSummary model = engine.model();
    this.engine = engine;
    this.changes = changes;
    this.options = options;
    this.correction = correction;
    this.window = new CorrectionWindow(options.window());
    this.log = new CorrectionLog(options.window());
    this.grid = model.grid();
    this.expertSizeBytes = model.expertSizeBytes();
    this.status = CorrectionStatus.none(options.mode());
  }

  /// Exchanges on their way.
  ///
  /// @param wantedBefore what was wanted before them
  private record Copying(
      List<Exchange> exchanges, List<ExpertId> wantedBefore, CompletableFuture<Residency> done) {}

  CorrectionStatus status() {
    return status;
  }

  /// Whether exchanges are on their way.
  boolean isCopying() {
    return copying != null && !copying.done().isDone();
  }

  /// Looks once and does what is to be done, without waiting for copies.
  void pass(PlacementVersion inForce, long nowNanos) {
    Instant now = changes.now();
    // First, so that what an operator's placement cancelled is not counted among its own moves.
    settle(now);
    follow(inForce, nowNanos);
    int capacity = capacity();
    Placement placement = engine.placement().placement();
    List<ExpertId> wanted = CorrectedExperts.within(placement, capacity);
    lastWanted = Set.copyOf(wanted);
    boolean held = changes.isHeld(nowNanos);
    List<Exchange> worthwhile =
        options.mode() == Mode.OFF || copying != null
            ? List.of()
            : correction.worthwhile(wanted, capacity, nowNanos);
    status = status(wanted, worthwhile, held);
    if (options.mode() == Mode.AUTOMATIC && !held) {
      begin(inForce, placement, wanted, worthwhile, nowNanos);
      if (copying == null && window.isOver(now) && nowNanos >= nextRecordNanos) {
        record(inForce, wanted, nowNanos);
      }
    } else {
      log.suggest(worthwhile, now, held);
    }
  }

  /// Records what was moved since the last version, whether or not the window is over. Waits for
  /// what is on its way, but not for long.
  void finish(PlacementVersion inForce, long nowNanos) {
    if (copying != null) {
      copying
          .done()
          .<@Nullable Residency>handle((residency, _) -> residency)
          .completeOnTimeout(null, LAST_COPY_SECONDS, TimeUnit.SECONDS)
          .join();
    }
    settle(changes.now());
    follow(inForce, nowNanos);
    if (options.mode() == Mode.AUTOMATIC && copying == null && !changes.isHeld(nowNanos)) {
      record(
          inForce, CorrectedExperts.within(engine.placement().placement(), capacity()), nowNanos);
    }
  }

  private int capacity() {
    return Math.min(engine.device().expertCapacity(), grid.size());
  }

  /// Another version is in force: whatever it moved dwells, too, and a new window begins.
  private void follow(PlacementVersion inForce, long nowNanos) {
    if (inForce.id() == version) {
      return;
    }
    if (inForce.author() == Author.AUTOMATIC && version != Long.MIN_VALUE) {
      log.recorded(inForce);
    }
    if (version != Long.MIN_VALUE) {
      Set<ExpertId> moved = new HashSet<>(lastWanted);
      for (ExpertId id : CorrectedExperts.within(inForce.placement(), capacity())) {
        if (!moved.remove(id)) {
          moved.add(id);
        }
      }
      moved.forEach(id -> correction.moved(id, nowNanos));
    }
    version = inForce.id();
    epoch = 0;
    window.clear();
  }

  /// Takes in what became of the exchanges on their way.
  private void settle(Instant now) {
    Copying ended = copying;
    if (ended == null || !ended.done().isDone()) {
      return;
    }
    copying = null;
    Residency residency = engine.residency();
    List<Exchange> made =
        ended.exchanges().stream()
            .filter(
                exchange -> residency.isResident(exchange.load().layer(), exchange.load().expert()))
            .toList();
    if (!made.isEmpty()) {
      epoch++;
      exchanged += made.size();
      lastChange = now;
      window.add(made, now, ended.wantedBefore());
    }
    try {
      ended.done().join();
    } catch (CancellationException e) {
      // Another placement took its place: what is there of it is there.
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof CancellationException)) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  private void begin(
      PlacementVersion inForce,
      Placement placement,
      List<ExpertId> wanted,
      List<Exchange> worthwhile,
      long nowNanos) {
    int count =
        worthwhile.isEmpty()
            ? 0
            : Math.min(worthwhile.size(), correction.affordable(expertSizeBytes, nowNanos));
    if (count == 0) {
      return;
    }
    List<Exchange> now = worthwhile.subList(0, count);
    changes
        .begin(
            inForce,
            CorrectedExperts.of(placement, now, capacity(), correction.traffic()),
            options.rules().maxCopyBytesPerSecond())
        .ifPresent(done -> {
          copying = new Copying(now, wanted, done);
          correction.moved(now, expertSizeBytes, nowNanos);
        });
  }

  /// The window is over: what it moved becomes a version.
  private void record(PlacementVersion inForce, List<ExpertId> wanted, long nowNanos) {
    if (window.changes().isEmpty()) {
      window.clear();
      return;
    }
    Placement corrected =
        CorrectedExperts.of(
            engine.placement().placement(), List.of(), capacity(), correction.traffic());
    String reason =
        "live correction: %s; expected hit rate %.3f instead of %.3f"
            .formatted(
                window.changes(),
                correction.traffic().hitRate(wanted),
                correction.traffic().hitRate(window.wantedBefore()));
    Instant windowStart =
        inForce.windowStart() == null ? window.begin().orElse(null) : inForce.windowStart();
    try {
      changes
          .record(inForce, corrected, windowStart, reason)
          .ifPresent(done -> copying = new Copying(List.of(), wanted, done));
    } catch (StoreUnavailableException e) {
      // Experts go on moving; the version is recorded when the database is back.
      log.notRecorded(e);
      nextRecordNanos = nowNanos + RECORD_AGAIN_NANOS;
    }
  }

  private CorrectionStatus status(List<ExpertId> wanted, List<Exchange> worthwhile, boolean held) {
    return new CorrectionStatus(
        options.mode(),
        held,
        epoch,
        window.moves(),
        lastChange,
        exchanged,
        exchanged * expertSizeBytes,
        0,
        correction.traffic().window().total() == 0 ? 0 : correction.traffic().hitRate(wanted),
        worthwhile);
  }
}
