package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.device.host.HostDevice;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Residency;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockTable;
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
/// placements change under the steps and frames are lent to the key/value cache and come back, the
/// logits are those of the host alone, every step sees one table of residents, and nothing leaks. A
/// subclass supplies the device and says what "are those" means.
abstract class ResidencyChurnContract {
  private static final int MAX_ROWS = 24;
  private static final int SEQUENCES = 4;
  static final int MAX_LENGTH = 4 * CacheRoom.BLOCK_TOKENS;
  static final int MAX_BLOCKS = SEQUENCES * MAX_LENGTH / CacheRoom.BLOCK_TOKENS;

  /// So few that sequences need borrowed ones most of the time.
  private static final int BASE_BLOCKS = 2;

  private static final int NUM_FRAMES = 9;
  private static final int MAX_LENT = 5;
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
    SliceSums sums = sameChoices() ? SliceSums.ONE_BY_ONE : SliceSums.TOGETHER;
    StepRig.Room fixed = new StepRig.Room(MAX_ROWS, MAX_BLOCKS, NUM_FRAMES, 0, sums);
    StepRig.Room room = new StepRig.Room(MAX_ROWS, BASE_BLOCKS, NUM_FRAMES, MAX_LENT, sums);
    try (ModelWeights weights = StepRig.goldenWeights();
        WorkerPool workers = new WorkerPool(workers());
        Segments host = CpuKernelSet.float32().segments(MemoryKind.HOST, workers);
        Segments lane = CpuKernelSet.float32().segments(MemoryKind.HOST, workers);
        HostDevice none = new HostDevice();
        StepRig expected = new StepRig(weights, none, host, host, FixedDispatcher.HOST, fixed);
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
      Sequences sequences =
          new Sequences(random, weights.config().vocabSize(), rig.blocks(), rig.loans());
      for (int step = 0; step < steps(); step++) {
        changeResidency(rig, random, step, tally);
        List<int[]> rows = sequences.next();
        rig.loans().giveBack();
        tally.look(rig.resident());
        Choices choices = new Choices(sameChoices());
        float[] reference = expected.step(Sequences.input(rows, sequences.ownTables()), choices);
        choices.atStart = rig.resident().residency();
        long before = rig.resident().residency().epoch();
        float[] actual = rig.step(Sequences.input(rows, sequences.tables()), choices);
        compare(reference, actual, "seed %d, step %d".formatted(SEED, step));
        tally.stepsThatAdopt += rig.resident().residency().epoch() > before ? 1 : 0;
        assertThat(rig.numFreeSlots()).isEqualTo(rig.numSlots());
      }
      sequences.close();
      requireAllReturned(rig);
      assertThat(rig.resident().numFreeFrames() + rig.resident().residency().size())
          .isEqualTo(NUM_FRAMES);
      assertThat(tally.lent).as("frames lent").isGreaterThan(steps() / 100);
      assertThat(tally.returned).as("frames returned").isGreaterThan(steps() / 100);
      // Fewer are enough where the cache's elements are half as wide.
      assertThat(tally.mostLent).as("frames lent at a time").isBetween(2, MAX_LENT);
      assertThat(tally.placements).isGreaterThan(steps() / 100);
      assertThat(tally.stepsThatAdopt).isGreaterThan(steps() / 100);
      assertThat(rig.lanes().wastedBytes()).isPositive();
      assertThat(rig.lanes().ahead().sentBytes()).isGreaterThan(rig.lanes().wastedBytes());
    }
  }

  private static final class Tally {
    int placements;
    int stepsThatAdopt;
    int lent;
    int returned;
    int mostLent;
    private int lentBefore;
    CompletableFuture<Residency> last = new CompletableFuture<>();

    void look(ResidentExperts resident) {
      int now = resident.numLent();
      lent += Math.max(0, now - lentBefore);
      returned += Math.max(0, lentBefore - now);
      mostLent = Math.max(mostLent, now);
      lentBefore = now;
      int arriving = NUM_FRAMES - now - resident.residency().size() - resident.numFreeFrames();
      assertThat(arriving).as("frames of experts on their way").isBetween(0, 1);
    }

    Tally() {
      last.cancel(false);
    }
  }

  private static void changeResidency(StepRig rig, SplittableRandom random, int step, Tally tally) {
    if (tally.last.isDone() ? random.nextInt(4) == 0 : random.nextInt(64) == 0) {
      tally.last = rig.apply(randomPlacement(rig.grid(), random, step));
      tally.placements++;
    }
    // From pieces of a slice to whole experts.
    rig.resident().advance(random.nextInt(4) == 0 ? Long.MAX_VALUE : 1 << random.nextInt(16));
  }

  /// Nobody needs what was borrowed: it comes back, and the experts with it.
  private static void requireAllReturned(StepRig rig) {
    StepInput one = new StepInput(new int[1], new int[1], new int[1], new int[][] {{0}});
    for (int step = 0; step <= StepRig.IDLE_STEPS + 1; step++) {
      rig.loans().giveBack();
      rig.step(one, new Choices(false));
    }
    rig.loans().giveBack();
    assertThat(rig.resident().numLent()).isZero();
    assertThat(rig.blocks().freeBlocks()).isEqualTo(BASE_BLOCKS);
    finish(rig);
    assertThat(rig.resident().residency().experts())
        .containsExactlyInAnyOrderElementsOf(
            rig.resident().placement().placement().experts().stream()
                .map(ScoredExpert::id)
                .toList());
  }

  private static void finish(StepRig rig) {
    while (rig.resident().isChanging()) {
      rig.resident().advance(Long.MAX_VALUE);
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

  /// Sequences that grow by chunks and single tokens, and begin anew when they are full. Like the
  /// scheduler's, they take the blocks of their longest course when they begin.
  private static final class Sequences implements AutoCloseable {
    private final SplittableRandom random;
    private final int vocabSize;
    private final BlockPool pool;
    private final FrameLoans loans;
    private final int[] lengths = new int[SEQUENCES];
    private final @Nullable BlockTable[] tables = new @Nullable BlockTable[SEQUENCES];

    Sequences(SplittableRandom random, int vocabSize, BlockPool pool, FrameLoans loans) {
      this.random = random;
      this.vocabSize = vocabSize;
      this.pool = pool;
      this.loans = loans;
    }

    /// Token, position and sequence of each row.
    List<int[]> next() {
      List<int[]> rows = new ArrayList<>();
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        int count = random.nextInt(3) == 0 ? random.nextInt(1, 7) : random.nextInt(2);
        if (lengths[sequence] + count > MAX_LENGTH || random.nextInt(20) == 0) {
          lengths[sequence] = 0;
          release(sequence);
        }
        for (int i = 0; i < count && mayRun(sequence); i++) {
          rows.add(new int[] {random.nextInt(vocabSize), lengths[sequence]++, sequence});
        }
      }
      return rows.isEmpty() ? next() : rows;
    }

    private boolean mayRun(int sequence) {
      if (tables[sequence] != null) {
        return true;
      }
      if (random.nextInt(4) > 0) {
        return false; // so that borrowed frames are idle for some steps
      }
      int missing = pool.blocksFor(MAX_LENGTH) - pool.freeBlocks();
      if (missing > 0 && !loans.ask(missing)) {
        return false;
      }
      tables[sequence] = BlockTable.reserve(pool, MAX_LENGTH);
      return true;
    }

    private void release(int sequence) {
      BlockTable table = tables[sequence];
      if (table != null) {
        table.close();
        tables[sequence] = null;
      }
    }

    /// The blocks they have.
    int[][] tables() {
      int[][] blocks = new int[SEQUENCES][];
      Arrays.setAll(
          blocks,
          s -> {
            BlockTable table = tables[s];
            return table == null ? new int[0] : table.blocks();
          });
      return blocks;
    }

    /// The same in a cache in which each has its own.
    int[][] ownTables() {
      int blocks = MAX_LENGTH / CacheRoom.BLOCK_TOKENS;
      int[][] own = new int[SEQUENCES][];
      Arrays.setAll(own, s -> IntStream.range(s * blocks, (s + 1) * blocks).toArray());
      return own;
    }

    static StepInput input(List<int[]> rows, int[][] tables) {
      return new StepInput(column(rows, 0), column(rows, 1), column(rows, 2), tables);
    }

    @Override
    public void close() {
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        release(sequence);
      }
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
    private @Nullable Residency atStart;

    Choices(boolean mustAgree) {
      this.mustAgree = mustAgree;
    }

    @Override
    public void onRouted(int layer, Routing routing) {
      int length = routing.rows() * routing.topK();
      if (atStart == null) {
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

    /// One table for the whole step.
    @Override
    public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {
      if (atStart != null) {
        for (ExpertDecision decision : decisions) {
          assertThat(decision.way() == Way.RESIDENT)
              .isEqualTo(atStart.isResident(layer, decision.expert()));
        }
      }
    }
  }
}
