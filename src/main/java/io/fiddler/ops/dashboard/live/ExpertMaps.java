package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Draws the map of all experts. Of one thread.
final class ExpertMaps {
  private static final long LATELY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long BETWEEN_NANOS = Duration.ofSeconds(10).toNanos();

  private final Engine engine;
  private final ResidencyBefore before = new ResidencyBefore();
  private final Deque<Counted> earlier = new ArrayDeque<>();

  /// Counts at a moment.
  private record Counted(long nanos, ActivationSnapshot counts) {}

  ExpertMaps(Engine engine) {
    this.engine = engine;
  }

  /// Looks at the engine; to be called often, whether or not a map is wanted.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if it is not ready
  void see(long nanos) {
    before.see(engine.residency());
    Counted last = earlier.peekLast();
    if (last == null || nanos - last.nanos() >= BETWEEN_NANOS) {
      earlier.addLast(new Counted(nanos, counts()));
    }
    while (nanos - earlier.getFirst().nanos() > LATELY_NANOS + BETWEEN_NANOS / 2) {
      earlier.removeFirst();
    }
  }

  /// The map as it is now.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if the engine is not ready
  ExpertMap draw() {
    ModelSummary model = engine.model();
    DeviceSummary device = engine.device();
    ExpertGrid grid = model.grid();
    Residency now = engine.residency();
    Residency then = before.get();
    ActivationSnapshot counts = counts();
    ActivationSnapshot lately =
        earlier.isEmpty() ? counts : counts.minus(earlier.getFirst().counts());
    return new ExpertMap(
        model.name(),
        device.info().kind() + ", " + device.info().name(),
        device.cpuKernels(),
        IntStream.range(0, grid.numLayers()).mapToObj(grid::numExperts).toList(),
        counts.total(),
        Shares.encode(grid, counts),
        lately.total(),
        Shares.encode(grid, lately),
        Shares.encode(grid, index -> isResident(now, index)),
        changed(grid, then, now),
        now.placementVersion(),
        then == null ? null : Long.valueOf(then.placementVersion()));
  }

  private static @Nullable String changed(
      ExpertGrid grid, @Nullable Residency then, Residency now) {
    return then == null
        ? null
        : Shares.encode(grid, index -> isResident(then, index) != isResident(now, index));
  }

  private static boolean isResident(Residency residency, int index) {
    ExpertId id = residency.grid().at(index);
    return residency.isResident(id.layer(), id.expert());
  }

  private ActivationSnapshot counts() {
    return ActivationSnapshot.sum(engine.model().grid(), engine.activations().snapshot().values());
  }
}
