package io.fiddler.engine.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.ExpertFrames;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.load.Engines;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The smallest golden model's experts over an emulated device; the test is the step thread and the
/// clock.
final class ResidencyRig implements AutoCloseable {
  static final int NUM_FRAMES = 7;

  private final ModelWeights weights;
  private final EmulatedDevice device = new EmulatedDevice(64 << 20);
  private final ExpertFrames frames;
  final ResidentExperts resident;
  final ExpertGrid grid;
  long nanos;

  ResidencyRig() {
    Path folder = Engines.resource("golden/mixtral-a");
    weights = ModelSources.of(folder.toString(), folder, 1).load((done, total) -> {});
    grid =
        new ExpertGrid(
            weights.layers().stream().map(layer -> layer.experts().experts().size()).toList());
    frames = new ExpertFrames(device, NUM_FRAMES, expertBytes());
    resident = new ResidentExperts(weights, device, frames, grid, () -> nanos);
  }

  long expertBytes() {
    return weights.layers().getFirst().experts().format().expertSizeBytes();
  }

  EmulatedDevice device() {
    return device;
  }

  MemoryView onHost(ExpertId id) {
    return weights.layers().get(id.layer()).experts().experts().get(id.expert());
  }

  VersionedPlacement placement(long version, List<ExpertId> bestFirst) {
    List<ScoredExpert> experts = new ArrayList<>();
    for (ExpertId id : bestFirst) {
      experts.add(new ScoredExpert(id, 1.0 / (1 + experts.size())));
    }
    return new VersionedPlacement(
        version, new Placement(experts, "test", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  /// `count` experts from index `first` on, best first.
  List<ExpertId> experts(int first, int count) {
    List<ExpertId> ids = new ArrayList<>();
    for (int index = first; index < first + count; index++) {
      ids.add(grid.at(index));
    }
    return ids;
  }

  List<ExpertId> shuffled(Random random, int count) {
    List<ExpertId> ids = experts(0, grid.size());
    Collections.shuffle(ids, random);
    return List.copyOf(ids.subList(0, count));
  }

  CompletableFuture<Residency> begin(VersionedPlacement placement, long maxBytesPerSecond) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    resident.begin(placement, maxBytesPerSecond, done);
    return done;
  }

  /// The same where nobody waits for the end.
  void start(VersionedPlacement placement, long maxBytesPerSecond) {
    resident.begin(placement, maxBytesPerSecond, new CompletableFuture<>());
  }

  void finish() {
    while (resident.isChanging()) {
      nanos += 1_000_000_000;
      resident.advance(Long.MAX_VALUE);
      Thread.onSpinWait();
    }
  }

  /// No frame has two owners and none is lost; what is resident is there.
  ///
  /// @param lent frames that were lent
  void requireSound(Set<Integer> lent, String context) {
    Residency table = resident.residency();
    BitSet taken = new BitSet();
    for (int frame : lent) {
      taken.set(frame);
    }
    for (ExpertId id : table.experts()) {
      int frame = table.frameOf(id.layer(), id.expert());
      assertThat(taken.get(frame)).as("%s: frame %d twice", context, frame).isFalse();
      taken.set(frame);
    }
    int arriving = NUM_FRAMES - taken.cardinality() - resident.numFreeFrames();
    assertThat(arriving).as(context).isBetween(0, resident.isChanging() ? 1 : 0);
    assertThat(resident.numLent()).as(context).isEqualTo(lent.size());
  }

  /// The bytes of all residents are those of the host's.
  void requireBytes(String context) {
    device.copy().record().await();
    for (ExpertId id : resident.residency().experts()) {
      long mismatch =
          resident
              .view(id.layer(), id.expert())
              .segment(MemoryKind.DEVICE)
              .mismatch(onHost(id).segment(MemoryKind.HOST));
      assertThat(mismatch).as("%s: expert %s", context, id).isEqualTo(-1);
    }
  }

  @Override
  public void close() {
    frames.close();
    device.close();
    weights.close();
  }
}
