package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A forward pass over any device, with frames, slots and a dispatcher of the test's choice. The
/// test is the step thread.
final class StepRig implements AutoCloseable {
  private final ModelWeights weights;
  private final DeviceModel model;
  private final KvStorage cache;
  private final StepBuffers buffers;
  private final SlotRing slots;
  private final ExpertFrames frames;
  private final ResidentExperts resident;
  private final ExpertLanes lanes;
  private final ForwardPass forward;
  private final BlockPool blocks;
  private final FrameLoans loans;
  private long steps;

  /// Sizes of a rig.
  ///
  /// @param kvBlocks blocks that are always there
  /// @param maxLent frames that the cache may borrow; 0 for a fixed cache
  record Room(int maxRows, int kvBlocks, int numFrames, int maxLent, SliceSums sums) {}

  StepRig(
      ModelWeights weights,
      Device device,
      Segments onDevice,
      Segments onHost,
      Dispatcher dispatcher,
      Room room) {
    this(weights, device, onDevice, onHost, dispatcher, room, null);
  }

  /// With memory of the caller for the host's activations, {@link #hostBytes} of it.
  StepRig(
      ModelWeights weights,
      Device device,
      Segments onDevice,
      Segments onHost,
      Dispatcher dispatcher,
      Room room,
      @Nullable MemoryView hostRows) {
    this.weights = weights;
    ExpertFormat format = weights.layers().getFirst().experts().format();
    model = DeviceModel.load(weights, device);
    ElementType type = onDevice.cacheType();
    long expertBytes = format.expertSizeBytes();
    KvLayout layout = KvLayout.of(weights.config(), room.kvBlocks(), type);
    cache =
        room.maxLent() == 0
            ? KvStorage.allocate(weights.config(), room.kvBlocks(), type, device)
            : KvStorage.allocate(
                weights.config(), layout, type, device, room.numFrames(), expertBytes);
    StepBuffers.Shape shape = shape(weights, room);
    buffers =
        hostRows == null
            ? new StepBuffers(shape, device)
            : new StepBuffers(shape, device, hostRows);
    StreamShape stream = StreamShape.of(format);
    slots = new SlotRing(device, SLOTS, stream.slotBytes(format));
    frames =
        room.maxLent() == 0
            ? new ExpertFrames(device, room.numFrames(), expertBytes)
            : ExpertFrames.in(cache.frames(), device, room.numFrames(), expertBytes);
    resident = new ResidentExperts(weights, device, frames, grid());
    blocks = new BlockPool(cache.blocks(), CacheRoom.BLOCK_TOKENS);
    int each = layout.leastInFrame(room.numFrames(), expertBytes);
    loans =
        new FrameLoans(
            resident,
            blocks,
            cache::blocksOfFrame,
            new FrameLoans.Terms(room.maxLent(), each, IDLE_STEPS),
            () -> steps);
    lanes = new ExpertLanes(device, onDevice, onHost, slots, stream.slicesPerSlot(), buffers);
    forward =
        new ForwardPass(
            model,
            weights.config(),
            onDevice,
            cache,
            buffers,
            lanes,
            new ForwardPass.DispatchContext(dispatcher, resident));
  }

  private static StepBuffers.Shape shape(ModelWeights weights, Room room) {
    int topK = topK(weights);
    int numSlices = weights.layers().getFirst().experts().format().numSlices();
    int splitParts = room.maxRows() * topK * numSlices;
    return new StepBuffers.Shape(
        room.maxRows(), weights.config().hiddenSize(), topK, room.sums(), splitParts);
  }

  /// Bytes of the host's activations.
  static long hostBytes(ModelWeights weights, Room room) {
    return shape(weights, room).hostBytes();
  }

  static int topK(ModelWeights weights) {
    MixtureOfExperts moe = (MixtureOfExperts) weights.config().layers().getFirst().mlp();
    return moe.numExpertsPerToken();
  }

  /// Steps that a borrowed frame must be idle for.
  static final int IDLE_STEPS = 5;

  /// Few, so that the ring is often full.
  private static final int SLOTS = 4;

  /// The smallest golden model.
  static ModelWeights goldenWeights() {
    URL url = Objects.requireNonNull(StepRig.class.getResource("/golden/mixtral-a"));
    try {
      Path folder = Path.of(url.toURI());
      return ModelSources.of(folder.toString(), folder, 1).load((done, total) -> {});
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A placement of the first `count` experts, every layer's first, then every layer's second.
  VersionedPlacement firstExperts(long version, int count) {
    int layers = grid().numLayers();
    List<ScoredExpert> experts =
        IntStream.range(0, count)
            .mapToObj(i -> new ScoredExpert(new ExpertId(i % layers, i / layers), 1))
            .toList();
    return new VersionedPlacement(
        version, new Placement(experts, "first", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  ExpertGrid grid() {
    return new ExpertGrid(
        weights.layers().stream().map(layer -> layer.experts().experts().size()).toList());
  }

  int topK() {
    return buffers.shape().topK();
  }

  /// Blocks of the cache.
  BlockPool blocks() {
    return blocks;
  }

  /// What the cache borrows; its time is the number of steps.
  FrameLoans loans() {
    return loans;
  }

  ResidentExperts resident() {
    return resident;
  }

  ExpertLanes lanes() {
    return lanes;
  }

  int numFreeSlots() {
    return slots.numFree();
  }

  int numSlots() {
    return slots.numSlots();
  }

  CompletableFuture<Residency> apply(VersionedPlacement placement) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    resident.begin(placement, Long.MAX_VALUE, done);
    return done;
  }

  /// Logits `[rows * vocabSize]` of all rows.
  float[] step(StepInput input, ForwardPass.LayerObserver observer) {
    steps++;
    forward.run(input, observer);
    int[] rows = new int[input.rows()];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row;
    }
    float[] logits = new float[rows.length * weights.config().vocabSize()];
    forward.logits(rows, rows.length, logits);
    return logits;
  }

  @Override
  public void close() {
    frames.close();
    slots.close();
    buffers.close();
    cache.close();
    model.close();
  }
}
