package io.fiddler.engine.step;

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
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The experts on the device: their bytes in frames, the table of which are there, and the swapper
/// that brings the table to a new placement, one expert after the other between steps. Changes come
/// from the step thread; the table may be read from any thread.
///
/// An expert is in the table only when its bytes are there, or when the compute lane waits for them
/// before anything that is submitted from then on. Its frame goes to another expert only by copies
/// that wait for what was submitted before it left the table.
public final class ResidentExperts {
  private static final long POLL_NANOS = 50_000;

  private final ModelWeights weights;
  private final Device device;
  private final ExpertFrames frames;
  private volatile Residency residency;
  private volatile VersionedPlacement placement;
  private @Nullable Swap current;

  public ResidentExperts(
      ModelWeights weights, Device device, ExpertFrames frames, ExpertGrid grid) {
    this.weights = weights;
    this.device = device;
    this.frames = frames;
    this.residency = Residency.empty(grid);
    this.placement =
        new VersionedPlacement(
            0, new Placement(List.of(), "none", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  public Residency residency() {
    return residency;
  }

  public VersionedPlacement placement() {
    return placement;
  }

  public int capacity() {
    return frames.capacity();
  }

  /// Frames that are neither resident experts' nor on their way to be.
  int numFreeFrames() {
    return frames.numFree();
  }

  /// The bytes of a resident expert, on the device.
  public MemoryView view(int layer, int expert) {
    return frames.view(residency.frameOf(layer, expert));
  }

  /// Starts towards a placement; one still on its way is given up where it is.
  ///
  /// @param done completed with the table when it is as wanted; fails if that cannot be, and then
  ///   the table stays as far as it came
  void begin(VersionedPlacement target, CompletableFuture<Residency> done) {
    PlacementChange change;
    try {
      change = PlacementChange.between(residency, target.placement(), capacity());
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
      return;
    }
    giveUp(new CancellationException("another placement is applied instead"));
    current = new Swap(target, change, done);
  }

  /// Ends a placement on its way where it is, if there is one.
  void giveUp(Throwable reason) {
    Swap given = current;
    current = null;
    if (given != null) {
      if (given.arriving != null) {
        frames.free(given.arriving.frame());
      }
      given.done().completeExceptionally(reason);
    }
  }

  /// Brings the device to a placement before the first step; returns when the bytes are there.
  ///
  /// @param progress told how many experts are there
  public void bring(VersionedPlacement target, IntConsumer progress) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    begin(target, done);
    while (isChanging()) {
      advance(true);
      progress.accept(residency.size());
      LockSupport.parkNanos(this, POLL_NANOS);
    }
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Whether a placement is on its way.
  boolean isChanging() {
    return current != null;
  }

  /// Whether the placement on its way wants an expert that nobody has begun to load.
  boolean wants(int layer, int expert) {
    Swap swap = current;
    return swap != null && swap.wants(new ExpertId(layer, expert));
  }

  /// Goes on with the placement on its way, without waiting for anything. Called between steps,
  /// which go on if it fails.
  ///
  /// @param idle whether no step is about to run. Else the next one's copies stand behind what is
  ///   queued here, so it is a slice only, half a millisecond of a step that takes a hundred.
  void advance(boolean idle) {
    Swap swap = current;
    if (swap == null) {
      return;
    }
    try {
      while (swap.arriving != null || begun(swap)) {
        Arrival arrival = Objects.requireNonNull(swap.arriving);
        ExpertFormat format = layer(arrival.id()).format();
        if (!arrival.advance(device, idle ? format.expertSizeBytes() : format.sliceSizeBytes())) {
          return;
        }
        swap.arriving = null;
        residency = residency.with(arrival.id(), arrival.frame());
      }
      evictTheRest(swap);
      finish(swap);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /// Begins to load the next expert; false if there is none left.
  private boolean begun(Swap swap) {
    ExpertId id = swap.nextLoad();
    if (id == null) {
      return false;
    }
    if (frames.numFree() == 0) {
      evict(Objects.requireNonNull(swap.nextToLeave(_ -> true), "nobody leaves for " + id));
    }
    int frame = frames.allocate();
    swap.arriving =
        new Arrival(id, frame, layer(id).experts().get(id.expert()), frames.view(frame));
    return true;
  }

  private void evictTheRest(Swap swap) {
    for (ExpertId id = swap.nextToLeave(_ -> true); id != null; id = swap.nextToLeave(_ -> true)) {
      evict(id);
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
    residency = residency.following(swap.target().version());
    swap.done().complete(residency);
  }

  private void evict(ExpertId id) {
    frames.free(residency.frameOf(id.layer(), id.expert()));
    residency = residency.without(id);
  }

  private MixtureOfExpertsWeights layer(ExpertId id) {
    return weights.layers().get(id.layer()).experts();
  }

  /// A frame for an expert that a step streams and the placement on its way wants: copied there, it
  /// is there to stay. Null if it is not wanted, or if nobody of another layer can leave for it;
  /// those of this layer are in use.
  @Nullable Adoption adopt(int layer, int expert) {
    Swap swap = current;
    ExpertId id = new ExpertId(layer, expert);
    if (swap == null || !swap.wants(id)) {
      return null;
    }
    if (frames.numFree() == 0) {
      ExpertId leaves = swap.nextToLeave(other -> other.layer() != layer);
      if (leaves == null) {
        return null;
      }
      evict(leaves);
    }
    swap.take(id);
    return new Adoption(swap, id, frames.allocate());
  }

  /// An expert that is adopted. Either committed or abandoned, within the step.
  final class Adoption {
    private final Swap swap;
    private final ExpertId id;
    private final int frame;

    private Adoption(Swap swap, ExpertId id, int frame) {
      this.swap = swap;
      this.id = id;
      this.frame = frame;
    }

    /// Where its bytes are to go.
    MemoryView frame() {
      return frames.view(frame);
    }

    /// Its copies are queued, and the compute lane waits for them: it is resident.
    void commit() {
      swap.adopted = device.copy().record();
      residency = residency.with(id, frame);
    }

    /// The step failed.
    void abandon() {
      frames.free(frame);
      swap.putBack(id);
    }
  }
}
