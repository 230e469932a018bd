package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.device.host.HostDevice;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Residency;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.model.ModelWeights;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// What holds on every device: whatever is resident, streamed, split, sent ahead or adopted while
/// placements change under the steps, the logits are those of the host alone, and nothing leaks. A
/// subclass supplies the device and says what "are those" means.
abstract class ResidencyChurnContract {
  private static final int MAX_ROWS = 24;
  private static final int SEQUENCES = 4;
  private static final int MAX_LENGTH = 2 * KvStorage.BLOCK_TOKENS;
  private static final int NUM_FRAMES = 9;
  private static final long SEED = 20_261_123;

  /// How many steps.
  int steps() {
    return 10_000;
  }

  /// The device under test, with 64 MiB at least.
  abstract Device open();

  /// Its kernels and what else is opened for them; closed by the test.
  abstract Side side(Device device, ModelWeights weights, StepRig.Room room);

  /// What a device has for the steps, beside its memory.
  ///
  /// @param segments its kernels
  /// @param hostRows where the host's activations lie; null for ordinary memory
  /// @param rest closes what else was opened
  record Side(Segments segments, @Nullable MemoryView hostRows, Runnable rest)
      implements AutoCloseable {
    Side(Segments segments) {
      this(segments, null, () -> {});
    }

    @Override
    public void close() {
      segments.close();
      rest.run();
    }
  }

  /// Threads of the host's side.
  int workers() {
    return 1;
  }

  /// Compares the logits of one step, both under the reference's choices of experts: on a device
  /// that rounds otherwise within a tolerance, see `design.md` section 7.
  abstract void compare(float[] expected, float[] actual, String context);

  /// Whether the router must choose as on the host by itself.
  abstract boolean sameChoices();

  /// Nothing is open on the device any more but itself.
  void requireNothingOpen(Device device) {
    assertThat(device.memory().liveAllocations()).isZero();
    assertThat(device.memory().usedBytes()).isZero();
  }

  /// Tells what was found, for the record.
  void report(TestReporter reporter) {}

  @Test
  void logits_areThoseOfTheHost_whateverIsResident_andNothingLeaks(TestReporter reporter) {
    reporter.publishEntry("seed", Long.toString(SEED));
    try (Device device = open()) {
      requireNothingOpen(device);
      churn(device);
      report(reporter);
      requireNothingOpen(device);
    }
  }

  private void churn(Device device) {
    SplittableRandom random = new SplittableRandom(SEED);
    StepRig.Room room =
        new StepRig.Room(
            MAX_ROWS,
            SEQUENCES * MAX_LENGTH / KvStorage.BLOCK_TOKENS,
            NUM_FRAMES,
            sameChoices() ? SliceSums.ONE_BY_ONE : SliceSums.TOGETHER);
    try (ModelWeights weights = StepRig.goldenWeights();
        WorkerPool workers = new WorkerPool(workers());
        Segments host = CpuKernelSet.float32().segments(MemoryKind.HOST, workers);
        Segments lane = CpuKernelSet.float32().segments(MemoryKind.HOST, workers);
        HostDevice none = new HostDevice();
        StepRig expected = new StepRig(weights, none, host, host, FixedDispatcher.HOST, room);
        Side side = side(device, weights, room);
        StepRig rig =
            new StepRig(
                weights,
                device,
                side.segments(),
                lane,
                new RandomDispatcher(SEED),
                room,
                side.hostRows())) {
      Tally tally = new Tally();
      Sequences sequences = new Sequences(random, weights.config().vocabSize());
      for (int step = 0; step < steps(); step++) {
        changeResidency(rig, random, step, tally);
        StepInput input = sequences.next();
        Choices choices = new Choices(sameChoices());
        float[] reference = expected.step(input, choices);
        choices.forced = true;
        long before = rig.resident().residency().epoch();
        float[] actual = rig.step(input, choices);
        compare(reference, actual, "seed %d, step %d".formatted(SEED, step));
        tally.stepsThatAdopt += rig.resident().residency().epoch() > before ? 1 : 0;
        assertThat(rig.numFreeSlots()).isEqualTo(rig.numSlots());
      }
      finish(rig);
      assertThat(rig.resident().numFreeFrames() + rig.resident().residency().size())
          .isEqualTo(NUM_FRAMES);
      assertThat(tally.placements).isGreaterThan(steps() / 100);
      assertThat(tally.stepsThatAdopt).isGreaterThan(steps() / 100);
      assertThat(rig.lanes().wastedBytes()).isPositive();
      assertThat(rig.lanes().ahead().sentBytes()).isGreaterThan(rig.lanes().wastedBytes());
    }
  }

  private static final class Tally {
    int placements;
    int stepsThatAdopt;
    CompletableFuture<Residency> last = new CompletableFuture<>();

    Tally() {
      last.cancel(false);
    }
  }

  private static void changeResidency(StepRig rig, SplittableRandom random, int step, Tally tally) {
    if (tally.last.isDone() ? random.nextInt(4) == 0 : random.nextInt(64) == 0) {
      tally.last = rig.apply(randomPlacement(rig.grid(), random, step));
      tally.placements++;
    }
    rig.resident().advance(random.nextInt(4) == 0);
  }

  private static void finish(StepRig rig) {
    while (rig.resident().isChanging()) {
      rig.resident().advance(true);
      Thread.onSpinWait();
    }
  }

  private static VersionedPlacement randomPlacement(
      ExpertGrid grid, SplittableRandom random, long version) {
    List<ScoredExpert> experts =
        random
            .ints(0, grid.size())
            .distinct()
            .limit(random.nextInt(NUM_FRAMES + 1))
            .mapToObj(index -> new ScoredExpert(grid.at(index), 1))
            .toList();
    return new VersionedPlacement(
        version, new Placement(experts, "random", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  /// Sequences that grow by chunks and single tokens, and begin anew when they are full.
  private static final class Sequences {
    private final SplittableRandom random;
    private final int vocabSize;
    private final int[] lengths = new int[SEQUENCES];

    Sequences(SplittableRandom random, int vocabSize) {
      this.random = random;
      this.vocabSize = vocabSize;
    }

    StepInput next() {
      List<int[]> rows = new ArrayList<>();
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        int count = random.nextInt(3) == 0 ? random.nextInt(1, 7) : random.nextInt(2);
        if (lengths[sequence] + count > MAX_LENGTH || random.nextInt(20) == 0) {
          lengths[sequence] = 0;
        }
        for (int i = 0; i < count; i++) {
          rows.add(new int[] {random.nextInt(vocabSize), lengths[sequence]++, sequence});
        }
      }
      if (rows.isEmpty()) {
        return next();
      }
      int blocks = MAX_LENGTH / KvStorage.BLOCK_TOKENS;
      int[][] tables = new int[SEQUENCES][];
      Arrays.setAll(tables, s -> IntStream.range(s * blocks, (s + 1) * blocks).toArray());
      return new StepInput(column(rows, 0), column(rows, 1), column(rows, 2), tables);
    }

    private static int[] column(List<int[]> rows, int column) {
      return rows.stream().mapToInt(row -> row[column]).toArray();
    }
  }

  /// Keeps what the reference's routers chose, then forces it.
  private static final class Choices implements ForwardPass.LayerObserver {
    private final boolean mustAgree;
    private final List<int[]> experts = new ArrayList<>();
    private final List<float[]> weights = new ArrayList<>();
    private boolean forced;

    Choices(boolean mustAgree) {
      this.mustAgree = mustAgree;
    }

    @Override
    public void onRouted(int layer, Routing routing) {
      int length = routing.rows() * routing.topK();
      if (!forced) {
        experts.add(Arrays.copyOf(routing.selectedExperts(), length));
        weights.add(Arrays.copyOf(routing.routingWeights(), length));
        return;
      }
      if (mustAgree) {
        assertThat(Arrays.copyOf(routing.selectedExperts(), length)).isEqualTo(experts.get(layer));
      }
      System.arraycopy(experts.get(layer), 0, routing.selectedExperts(), 0, length);
      System.arraycopy(weights.get(layer), 0, routing.routingWeights(), 0, length);
    }

    @Override
    public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {}
  }
}
