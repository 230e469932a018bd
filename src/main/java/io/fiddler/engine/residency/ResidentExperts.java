package io.fiddler.engine.residency;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.model.ModelWeights;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.tensor.MemoryView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The experts on the device: their bytes in frames, the table of which are there, and the swapper
/// that brings the table to a new placement, one expert after the other between steps. Changes come
/// from the step thread; the table may be read from any thread.
///
/// An expert is in the table only when its bytes are there, or when the compute lane waits for them
/// before anything that is submitted from then on. Its frame goes to another expert only by copies
/// that wait for what was submitted before it left the table.
///
/// A frame may be {@link #lend lent}. The fewer frames there are for experts, the fewer of a
/// placement's are there, the best first; when a frame comes back, the best missing one follows.
public final class ResidentExperts {
  private static final Logger LOG = LoggerFactory.getLogger(ResidentExperts.class);

  /// Between looks at what is under way; an expert takes milliseconds.
  private static final long POLL_NANOS = 50_000;

  private final FrameTable table;
  private final Swap.Room room;
  private final LongSupplier clock;
  private final AtomicLong copiedBytes = new AtomicLong();
  private volatile VersionedPlacement placement;
  private volatile double bytesPerNano = 1;
  private @Nullable Swap current;

  public ResidentExperts(
      ModelWeights weights, Device device, ExpertFrames frames, ExpertGrid grid) {
    this(weights, device, frames, grid, System::nanoTime);
  }

  /// With a clock for caps on bytes a second.
  ResidentExperts(
      ModelWeights weights,
      Device device,
      ExpertFrames frames,
      ExpertGrid grid,
      LongSupplier clock) {
    this.table = new FrameTable(device, frames, grid);
    this.room = new Swap.Room(table, weights, device, copiedBytes);
    this.clock = clock;
    this.placement =
        new VersionedPlacement(
            0, new Placement(List.of(), "none", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  public Residency residency() {
    return table.residency();
  }

  public VersionedPlacement placement() {
    return placement;
  }

  /// Frames in all.
  public int capacity() {
    return table.capacity();
  }

  /// Frames that are lent.
  public int numLent() {
    return table.lent();
  }

  /// Frames that are neither lent nor resident experts' nor on their way to be.
  public int numFreeFrames() {
    return table.free();
  }

  /// Bytes copied so far for placements, without those of adopted experts.
  public long copiedBytes() {
    return copiedBytes.get();
  }

  /// How fast experts were brought before the first step; a GB a second if none was.
  public double bytesPerNano() {
    return bytesPerNano;
  }

  /// The bytes of a resident expert, on the device.
  public MemoryView view(int layer, int expert) {
    return table.view(residency().frameOf(layer, expert));
  }

  /// Starts towards a placement; one still on its way is given up where it is.
  ///
  /// @param maxBytesPerSecond copied at most, adopted experts aside; `Long.MAX_VALUE` for no cap
  /// @param done completed with the table when it is as wanted; fails if that cannot be, and then
  ///   the table stays as far as it came
  public void begin(
      VersionedPlacement target, long maxBytesPerSecond, CompletableFuture<Residency> done) {
    try {
      Swap next = new Swap(target, room, new ByteAllowance(maxBytesPerSecond, clock), done);
      giveUp(new CancellationException("another placement is applied instead"));
      current = next;
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  /// Ends a placement on its way where it is, if there is one.
  public void giveUp(Throwable reason) {
    Swap given = current;
    current = null;
    if (given != null) {
      try {
        given.stop();
      } finally {
        given.done().completeExceptionally(reason);
      }
    }
  }

  /// Brings the device to a placement before the first step; returns when the bytes are there.
  ///
  /// @param progress told how many experts are there
  public void bring(VersionedPlacement target, IntConsumer progress) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    long start = System.nanoTime();
    long before = copiedBytes();
    begin(target, Long.MAX_VALUE, done);
    while (isChanging()) {
      advance(Long.MAX_VALUE);
      progress.accept(residency().size());
      LockSupport.parkNanos(this, POLL_NANOS);
    }
    if (copiedBytes() > before) {
      bytesPerNano = (double) (copiedBytes() - before) / (System.nanoTime() - start);
    }
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Whether a placement is on its way.
  public boolean isChanging() {
    return current != null;
  }

  /// How long nothing can be done for the placement on its way.
  public long restNanos() {
    return current == null ? POLL_NANOS : Math.max(POLL_NANOS, current.restNanos());
  }

  /// Whether the placement on its way wants an expert that nobody has begun to load.
  public boolean wants(int layer, int expert) {
    return current != null && current.wants(new ExpertId(layer, expert));
  }

  /// Goes on with the placement on its way, without waiting for anything. Called between steps,
  /// which go on if it fails.
  ///
  /// @param bytes that may be queued: what the next step copies stands behind them
  public void advance(long bytes) {
    Swap swap = current;
    if (swap == null) {
      return;
    }
    try {
      if (swap.advance(bytes)) {
        current = null;
        placement = swap.target();
        table.follow(swap.target().version());
        swap.done().complete(residency());
      }
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /// Lends a frame, zeroed for what the compute lane is given from now on: a free one, or that of
  /// the expert worth least in the placement in force or on its way. Called between steps.
  ///
  /// @throws IllegalStateException if all frames are lent
  public int lend() {
    if (table.available() == 0) {
      throw new IllegalStateException("all %d frames are lent".formatted(capacity()));
    }
    if (table.free() == 0) {
      makeRoom();
    }
    int frame = table.lend();
    if (current != null) {
      current.fit();
    }
    return frame;
  }

  private void makeRoom() {
    Ranking ranking = new Ranking((current == null ? placement : current.target()).placement());
    ExpertId arriving = current == null ? null : current.arriving();
    ExpertId worst = ranking.worst(residency().experts(), arriving);
    if (worst.equals(arriving)) {
      Objects.requireNonNull(current).stop();
    } else {
      table.evict(worst);
    }
  }

  /// The bytes of a lent frame, on the device.
  MemoryView frame(int frame) {
    return table.view(frame);
  }

  /// Takes a lent frame back, which nobody uses any more: the best missing expert of the placement
  /// follows. Called between steps.
  public void takeBack(int frame) {
    table.takeBack(frame);
    if (current != null) {
      current.fit();
      return;
    }
    CompletableFuture<Residency> done = new CompletableFuture<>();
    Swap regrowing = new Swap(placement, room, new ByteAllowance(Long.MAX_VALUE, clock), done);
    if (!regrowing.loadsNothing()) {
      var _ = done.exceptionally(this::tellThatItIsMissing);
      current = regrowing;
    }
  }

  private Residency tellThatItIsMissing(Throwable failure) {
    if (!(failure instanceof CancellationException)) {
      LOG.warn("Experts whose room was lent could not be brought back", failure);
    }
    return residency();
  }

  /// A frame for an expert that a step streams and the placement on its way wants: copied there, it
  /// is there to stay. Null if it is not wanted, or if nobody of an earlier layer can leave for it:
  /// every layer of a step finds resident what was when the step began.
  public @Nullable Adoption adopt(int layer, int expert) {
    return current == null ? null : current.adopt(new ExpertId(layer, expert));
  }
}
