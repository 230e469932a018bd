package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.Device;
import io.fiddler.device.FailingCopies;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cpu.FailingKernels;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.MemoryKind;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A layer that fails on one of its lanes leaves nothing behind: slots, frames and lanes are free,
/// and the next step is right.
final class FailedLayerTest {
  private static final int ROWS = 24;

  private static final ForwardPass.LayerObserver NOBODY =
      new ForwardPass.LayerObserver() {
        @Override
        public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {}
      };

  private static StepInput input() {
    return new StepInput(
        IntStream.range(1, ROWS + 1).toArray(),
        IntStream.range(0, ROWS).toArray(),
        new int[ROWS],
        new int[][] {{0, 1}});
  }

  /// Where each lane computes.
  private record Sides(FailingKernels host, FailingKernels device, FailingCopies copies) {
    void arm(String lane, int after) {
      switch (lane) {
        case "host" -> host.failOnceOn(_ -> true);
        case "device" -> device.failOnceOn(_ -> true);
        default -> copies.failAfter(after);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "emulated, host, SPLIT",
    "emulated, device, STREAM",
    "emulated, device, SPLIT",
    "emulated, copy, STREAM",
    "threaded, host, SPLIT",
    "threaded, host, HOST",
    "threaded, device, STREAM",
    "threaded, device, SPLIT",
    "threaded, copy, STREAM",
    "threaded, copy, SPLIT"
  })
  void failedLayer_leavesNothingBehind(String kind, String lane, FixedDispatcher dispatcher) {
    StepRig.Room room = new StepRig.Room(ROWS, 4, 8, 0, SliceSums.ONE_BY_ONE);
    Device device =
        kind.equals("threaded") ? new ThreadedDevice(64 << 20) : new EmulatedDevice(64 << 20);
    Sides sides = new Sides(new FailingKernels(), new FailingKernels(), new FailingCopies(device));
    try (ModelWeights weights = StepRig.goldenWeights();
        WorkerPool workers = new WorkerPool(1);
        Segments cpu = sides.device().set().segments(MemoryKind.DEVICE, workers);
        Segments onHost = sides.host().set().segments(MemoryKind.HOST, new WorkerPool(1));
        Segments onDevice =
            device instanceof ThreadedDevice threaded ? new QueuedSegments(threaded, cpu) : cpu;
        StepRig rig = new StepRig(weights, sides.copies(), onDevice, onHost, dispatcher, room)) {
      rig.resident().bring(rig.firstExperts(1, 5), _ -> {});
      float[] expected = rig.step(input(), NOBODY);
      for (int after = 0; after < 6; after++) {
        // Some experts are wanted, so that adopting them is under way when the layer fails.
        CompletableFuture<?> placed =
            rig.apply(rig.firstExperts(2 + after, after % 2 == 0 ? 8 : 3));
        sides.arm(lane, after);
        assertThatThrownBy(() -> rig.step(input(), NOBODY)).isInstanceOf(RuntimeException.class);
        assertThat(rig.numFreeSlots()).isEqualTo(rig.numSlots());
        assertThat(rig.step(input(), NOBODY)).isEqualTo(expected);
        while (rig.resident().isChanging()) {
          rig.resident().advance(Long.MAX_VALUE);
        }
        assertThat(placed).isCompleted();
        assertThat(rig.step(input(), NOBODY)).isEqualTo(expected);
        assertThat(rig.resident().numFreeFrames() + rig.resident().residency().size()).isEqualTo(8);
      }
    }
    assertThat(device.memory().liveAllocations()).isZero();
    device.close();
  }
}
