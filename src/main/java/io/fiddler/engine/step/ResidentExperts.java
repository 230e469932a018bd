package io.fiddler.engine.step;

import io.fiddler.device.Device;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The experts on the device: their bytes in frames, the table of which are there, and the swapper
/// that brings the table to a new placement, one expert after the other between steps. Changes come
/// from the step thread; the table may be read from any thread.
public final class ResidentExperts {
  private final ModelWeights weights;
  private final Device device;
  private final ExpertFrames frames;
  private final Queue<Runnable> changes = new ArrayDeque<>();
  private volatile Residency residency;
  private volatile VersionedPlacement placement;
  private @Nullable Swap current;

  /// A placement on its way.
  private record Swap(VersionedPlacement target, CompletableFuture<Residency> done) {}

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

  /// The bytes of the expert in a frame, on the device.
  public MemoryView view(int frame) {
    return frames.view(frame);
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
    // One leaves when another needs its frame, not before, so that all frames serve meanwhile.
    Deque<ExpertId> leaving = new ArrayDeque<>(change.evict());
    int free = frames.numFree();
    for (ExpertId id : change.load()) {
      if (free > 0) {
        free--;
      } else {
        ExpertId evicted = leaving.remove();
        changes.add(() -> evict(evicted));
      }
      changes.add(() -> load(id));
    }
    leaving.forEach(id -> changes.add(() -> evict(id)));
    current = new Swap(target, done);
  }

  /// Ends a placement on its way where it is, if there is one.
  void giveUp(Throwable reason) {
    changes.clear();
    Swap given = current;
    current = null;
    if (given != null) {
      given.done().completeExceptionally(reason);
    }
  }

  /// Brings the device to a placement before the first step; returns when the bytes are there.
  public void bring(VersionedPlacement target) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    begin(target, done);
    while (isChanging()) {
      advance();
    }
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    device.copy().record().await();
  }

  /// Whether a placement is on its way.
  boolean isChanging() {
    return current != null;
  }

  /// Makes one change. Called between steps, which go on if it fails.
  void advance() {
    Runnable next = changes.poll();
    try {
      if (next != null) {
        next.run();
      }
    } catch (RuntimeException | Error e) {
      giveUp(e);
      return;
    }
    if (changes.isEmpty() && current != null) {
      Swap finished = current;
      current = null;
      placement = finished.target();
      residency = residency.following(finished.target().version());
      finished.done().complete(residency);
    }
  }

  private void evict(ExpertId id) {
    frames.free(residency.frameOf(id.layer(), id.expert()));
    residency = residency.without(id);
  }

  private void load(ExpertId id) {
    int frame = frames.allocate();
    MixtureOfExpertsWeights layer = weights.layers().get(id.layer()).experts();
    try {
      device.copy().copy(layer.experts().get(id.expert()), frames.view(frame));
      device.compute().waitFor(device.copy().record());
    } catch (RuntimeException | Error e) {
      frames.free(frame);
      throw e;
    }
    residency = residency.with(id, frame);
  }
}
