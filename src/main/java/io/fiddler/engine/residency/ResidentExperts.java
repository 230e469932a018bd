package io.fiddler.engine.residency;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.device.ExpertFrames;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelWeights;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementChange;
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

  private final ModelWeights weights;
  private final Device device;
  private final FrameTable table;
  private final LongSupplier clock;
  private volatile VersionedPlacement placement;
  private final AtomicLong copiedBytes = new AtomicLong();
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
    this.weights = weights;
    this.device = device;
    this.table = new FrameTable(device, frames, grid);
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

  /// Starts towards a placement, as fast as {@link #advance} is called.
  public void begin(VersionedPlacement target, CompletableFuture<Residency> done) {
    begin(target, Long.MAX_VALUE, done);
  }

  /// Starts towards a placement; one still on its way is given up where it is.
  ///
  /// @param maxBytesPerSecond copied at most, adopted experts aside; `Long.MAX_VALUE` for no cap
  /// @param done completed with the table when it is as wanted; fails if that cannot be, and then
  ///   the table stays as far as it came
  public void begin(
      VersionedPlacement target, long maxBytesPerSecond, CompletableFuture<Residency> done) {
    Swap next;
    try {
      ByteAllowance allowance = new ByteAllowance(maxBytesPerSecond, clock);
      next = new Swap(target, change(target), allowance, done);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
      return;
    }
    giveUp(new CancellationException("another placement is applied instead"));
    current = next;
  }

  private PlacementChange change(VersionedPlacement target) {
    return PlacementChange.between(residency(), target.placement(), table.available());
  }

  /// Ends a placement on its way where it is, if there is one.
  public void giveUp(Throwable reason) {
    Swap given = current;
    current = null;
    if (given != null) {
      stopArrival(given);
      given.done().completeExceptionally(reason);
    }
  }

  private void stopArrival(Swap swap) {
    if (swap.arriving != null) {
      table.giveUp(swap.arriving.frame());
      swap.arriving = null;
    }
  }

  /// Brings the device to a placement before the first step; returns when the bytes are there.
  ///
  /// @param progress told how many experts are there
  public void bring(VersionedPlacement target, IntConsumer progress) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    long start = System.nanoTime();
    long before = copiedBytes();
    begin(target, done);
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
    Swap swap = current;
    return swap == null
        ? POLL_NANOS
        : Math.max(POLL_NANOS, swap.allowance().nanosUntil(CopyPace.LEAST_BYTES));
  }

  /// Whether the placement on its way wants an expert that nobody has begun to load.
  public boolean wants(int layer, int expert) {
    Swap swap = current;
    return swap != null && swap.wants(new ExpertId(layer, expert));
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
      while (swap.arriving != null || begun(swap)) {
        Arrival arrival = Objects.requireNonNull(swap.arriving);
        if (arrival.isMoving()) {
          return;
        }
        if (arrival.restBytes() > 0) {
          send(swap, arrival, bytes);
          return;
        }
        swap.arriving = null;
        table.settle(arrival.id(), arrival.frame());
      }
      evictTheRest(swap);
      finish(swap);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  private void send(Swap swap, Arrival arrival, long bytes) {
    long least = Math.min(CopyPace.LEAST_BYTES, arrival.restBytes());
    long piece = Math.min(bytes, swap.allowance().available(least));
    if (piece > 0) {
      long sent = arrival.send(device, piece);
      swap.allowance().spend(sent);
      copiedBytes.addAndGet(sent);
    }
  }

  /// Begins to load the next expert; false if there is none left.
  private boolean begun(Swap swap) {
    ExpertId id = swap.nextLoad();
    if (id == null) {
      return false;
    }
    if (table.free() == 0) {
      table.evict(Objects.requireNonNull(swap.nextToLeave(_ -> true), "nobody leaves for " + id));
    }
    int frame = table.take();
    swap.arriving = new Arrival(id, frame, layer(id).experts().get(id.expert()), table.view(frame));
    return true;
  }

  private void evictTheRest(Swap swap) {
    for (ExpertId id = swap.nextToLeave(_ -> true); id != null; id = swap.nextToLeave(_ -> true)) {
      table.evict(id);
    }
  }

  private void finish(Swap swap) {
    Event adopted = swap.adopted;
    if (adopted != null) {
      if (!adopted.isDone()) {
        return;
      }
      adopted.await(); // done, so it does not wait, but throws what failed
    }
    current = null;
    placement = swap.target();
    table.follow(swap.target().version());
    swap.done().complete(residency());
  }

  private MixtureOfExpertsWeights layer(ExpertId id) {
    return weights.layers().get(id.layer()).experts();
  }

  /// Lends a frame, zeroed for what the compute lane is given from now on: a free one, or that of
  /// the expert worth least in the placement in force or on its way. Called between steps.
  ///
  /// @throws IllegalStateException if all frames are lent
  public int lend() {
    if (table.available() == 0) {
      throw new IllegalStateException("all %d frames are lent".formatted(capacity()));
    }
    Swap swap = current;
    if (table.free() == 0) {
      Ranking ranking = new Ranking((swap == null ? placement : swap.target()).placement());
      Arrival arriving = swap == null ? null : swap.arriving;
      ExpertId worst =
          ranking.worst(residency().experts(), arriving == null ? null : arriving.id());
      if (arriving != null && arriving.id().equals(worst)) {
        stopArrival(Objects.requireNonNull(swap));
      } else {
        table.evict(worst);
      }
    }
    int frame = table.lend();
    if (swap != null) {
      fit(swap);
    }
    return frame;
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
      fit(current);
      return;
    }
    PlacementChange change = change(placement);
    if (!change.load().isEmpty()) {
      CompletableFuture<Residency> done = new CompletableFuture<>();
      var unused =
          done.whenComplete((_, failure) -> {
            if (failure != null && !(failure instanceof CancellationException)) {
              LOG.warn("An expert could not be brought back to the device", failure);
            }
          });
      current = new Swap(placement, change, new ByteAllowance(Long.MAX_VALUE, clock), done);
    }
  }

  private void fit(Swap swap) {
    if (!swap.fit(change(swap.target()))) {
      stopArrival(swap);
    }
  }

  /// A frame for an expert that a step streams and the placement on its way wants: copied there, it
  /// is there to stay. Null if it is not wanted, or if nobody of an earlier layer can leave for it:
  /// every layer of a step finds resident what was when the step began.
  public @Nullable Adoption adopt(int layer, int expert) {
    Swap swap = current;
    ExpertId id = new ExpertId(layer, expert);
    if (swap == null || !swap.wants(id)) {
      return null;
    }
    if (table.free() == 0) {
      ExpertId leaves = swap.nextToLeave(other -> other.layer() < layer);
      if (leaves == null) {
        return null;
      }
      table.evict(leaves);
    }
    swap.take(id);
    return new Adoption(swap, id, table.take());
  }

  /// An expert that is adopted. Either committed or abandoned, within the step.
  public final class Adoption {
    private final Swap swap;
    private final ExpertId id;
    private final int frame;

    private Adoption(Swap swap, ExpertId id, int frame) {
      this.swap = swap;
      this.id = id;
      this.frame = frame;
    }

    /// Where its bytes are to go.
    public MemoryView frame() {
      return table.view(frame);
    }

    /// Its copies are queued, and the compute lane waits for them: it is resident.
    public void commit() {
      swap.adopted = device.copy().record();
      table.settle(id, frame);
    }

    /// The step failed.
    public void abandon() {
      table.giveUp(frame);
      swap.putBack(id);
    }
  }
}
