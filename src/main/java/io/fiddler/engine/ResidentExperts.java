package io.fiddler.engine;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.placement.PlacementChange;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The experts on the device: their bytes in frames, the table of which are there, and the swapper that brings the table
/// to a new placement, one expert after the other between steps. Changes come from the step thread; the table may be
/// read from any thread.
final class ResidentExperts implements AutoCloseable {
  private final ModelWeights weights;
  private final Device device;
  private final ExpertFrames frames;
  private final Queue<Runnable> changes = new ArrayDeque<>();
  private volatile Residency residency;
  private volatile VersionedPlacement placement;
  private @Nullable Swap current;

  /// A placement on its way.
  private record Swap(VersionedPlacement target, CompletableFuture<Residency> done) {}

  ResidentExperts(
      ModelWeights weights,
      Device device,
      ExpertFrames frames,
      ExpertGrid grid,
      VersionedPlacement placement) {
    this.weights = weights;
    this.device = device;
    this.frames = frames;
    this.residency = Residency.empty(grid);
    this.placement = placement;
  }

  Residency residency() {
    return residency;
  }

  VersionedPlacement placement() {
    return placement;
  }

  int capacity() {
    return frames.capacity();
  }

  MemoryView view(int frame) {
    return frames.view(frame);
  }

  /// Starts towards a placement; one still on its way is given up where it is.
  CompletableFuture<Residency> begin(VersionedPlacement target) {
    if (current != null) {
      current.done().cancel(false);
    }
    changes.clear();
    PlacementChange change = PlacementChange.between(residency, target.placement(), capacity());
    change.evict().forEach(id -> changes.add(() -> evict(id)));
    change.load().forEach(id -> changes.add(() -> load(id)));
    current = new Swap(target, new CompletableFuture<>());
    return current.done();
  }

  /// Whether a placement is on its way.
  boolean isChanging() {
    return current != null;
  }

  /// Makes one change. Called between steps.
  void advance() {
    Runnable next = changes.poll();
    if (next != null) {
      next.run();
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
    MixtureOfExpertsWeights layer =
        (MixtureOfExpertsWeights) weights.layers().get(id.layer()).mlp();
    device.copy().copy(layer.experts().get(id.expert()), frames.view(frame));
    device.compute().waitFor(device.copy().record());
    residency = residency.with(id, frame);
  }

  @Override
  public void close() {
    if (current != null) {
      current.done().cancel(false);
    }
    frames.close();
  }
}
