package io.fiddler.engine;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.dispatch.LatencyDispatcher;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.ForwardPass.DispatchContext;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelSources;
import io.fiddler.model.ModelWeights;
import io.fiddler.scheduler.Scheduler;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts an engine together: weights, device, buffers, latency model, resident experts. Whatever was opened is closed again
/// if a later part fails.
final class EngineLoader {
  private static final Logger LOG = LoggerFactory.getLogger(EngineLoader.class);

  /// Reading the weights is most of the work of loading.
  private static final double READ_SHARE = 0.85;

  private final EngineOptions options;
  private final InitialPlacement initialPlacement;
  private final EngineListener listener;
  private final Progress progress;
  private final Resources resources = new Resources();

  /// Told how far loading is.
  @FunctionalInterface
  interface Progress {
    /// `phase` is under way; `done` of everything is done, in [0, 1].
    void at(String phase, double done);
  }

  EngineLoader(
      EngineOptions options,
      InitialPlacement initialPlacement,
      EngineListener listener,
      Progress progress) {
    this.options = options;
    this.initialPlacement = initialPlacement;
    this.listener = listener;
    this.progress = progress;
  }

  LoadedEngine load() {
    try {
      return assemble();
    } catch (RuntimeException | Error e) {
      try {
        resources.close();
      } catch (IllegalStateException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  private LoadedEngine assemble() {
    ModelSource source =
        ModelSources.of(
            options.modelPath(), options.home().resolve("models"), options.hostThreads());
    ModelConfig config = source.config();
    DeviceSelection selection = DeviceSelection.open(options.device());
    Device device = resources.own(selection.device());
    ModelWeights weights =
        resources.own(
            source.load(
                (done, total) ->
                    progress.at("reading weights", READ_SHARE * done / Math.max(1, total))));

    WorkerPool workers = resources.own(new WorkerPool(options.hostThreads()));
    progress.at("warming kernels", READ_SHARE);
    CpuSegments onHost = resources.own(CpuSegments.create(MemoryKind.HOST, workers));
    CpuSegments onDevice =
        device.memoryKind() == MemoryKind.HOST
            ? onHost
            : resources.own(CpuSegments.create(device.memoryKind(), workers));
    onHost.warmUp();

    MixtureOfExperts moe = (MixtureOfExperts) config.layers().getFirst().mlp();
    ExpertFormat format =
        ((MixtureOfExpertsWeights) weights.layers().getFirst().mlp()).format();
    ExpertGrid grid = grid(config);
    MemoryNeeds needs = MemoryNeeds.of(config, format, options.limits());
    int capacity =
        needs.expertCapacity(device, weights, format, grid.size(), options.device().experts());

    DeviceModel model = resources.own(DeviceModel.load(weights, device));
    KvStorage cache = resources.own(KvStorage.allocate(config, needs.kvBlocks(), device));
    StepBuffers buffers = resources.own(new StepBuffers(needs.buffers(), device));
    SlotRing slots =
        resources.own(new SlotRing(device, needs.slots(), format.sliceSizeBytes()));
    ExpertFrames frames =
        resources.own(new ExpertFrames(device, capacity, format.expertSizeBytes()));

    progress.at("measuring latencies", READ_SHARE + 0.05);
    Dispatcher dispatcher =
        dispatcher(
            device,
            capacity,
            weights.fingerprint(),
            onHost.kernels(),
            new LatencyCalibration(weights, device, onDevice, onHost, slots, buffers));

    progress.at("choosing resident experts", READ_SHARE + 0.1);
    ModelSummary summary =
        new ModelSummary(
            source.name(),
            weights.fingerprint(),
            config,
            grid,
            format.expertSizeBytes(),
            DeviceModel.denseBytes(weights) + grid.size() * format.expertSizeBytes());
    VersionedPlacement placement = initialPlacement.choose(summary, capacity);
    ResidentExperts resident = new ResidentExperts(weights, device, frames, grid, placement);
    resident.begin(placement);
    while (resident.isChanging()) {
      resident.advance();
    }
    device.copy().record().await();

    ExpertLanes lanes = new ExpertLanes(device, onDevice, onHost, slots, buffers);
    ForwardPass forward =
        new ForwardPass(
            model,
            config,
            onDevice,
            cache,
            buffers,
            lanes,
            new DispatchContext(dispatcher, resident));
    AtomicActivationCounters activations = new AtomicActivationCounters(grid);
    StepRunner runner =
        new StepRunner(forward, resident, lanes, activations, config.vocabSize());
    BlockPool blocks = new BlockPool(needs.kvBlocks(), KvStorage.BLOCK_TOKENS);
    Limits limits = options.limits();
    Scheduler scheduler = new Scheduler(blocks, limits.maxRunning(), limits.maxStepTokens());
    StepLoop loop = new StepLoop(scheduler, runner, resident, listener, limits.maxQueued());
    LOG.info(
        "Device: {} ({}); {} of {} experts fit; kernels {}, {} threads, {} experts a token",
        device.info().name(),
        selection.reason(),
        capacity,
        grid.size(),
        onHost.kernels(),
        options.hostThreads(),
        moe.numExpertsPerToken());
    return new LoadedEngine(
        summary,
        selection,
        onHost.kernels(),
        blocks,
        resident,
        activations,
        runner,
        loop,
        resources);
  }

  private static ExpertGrid grid(ModelConfig config) {
    List<Integer> experts =
        config.layers().stream()
            .map(
                layer ->
                    switch (layer.mlp()) {
                      case MixtureOfExperts moe -> moe.numExperts();
                    })
            .toList();
    return new ExpertGrid(experts);
  }

  private Dispatcher dispatcher(
      Device device,
      int capacity,
      String fingerprint,
      String kernels,
      LatencyCalibration calibration) {
    if (device.memoryKind() == MemoryKind.HOST) {
      return FixedDispatcher.HOST;
    }
    return switch (options.dispatch()) {
      case HOST -> FixedDispatcher.HOST;
      case STREAM -> FixedDispatcher.STREAM;
      case SPLIT -> FixedDispatcher.SPLIT;
      case AUTO -> {
        String setUp =
            device.info().name() + " " + options.hostThreads() + " threads " + kernels;
        LatencyModelFile file = new LatencyModelFile(options.home(), fingerprint, setUp);
        LatencyModel latencies =
            file.read()
                .orElseGet(
                    () -> {
                      LatencyModel measured = calibration.measure();
                      file.write(measured);
                      return measured;
                    });
        yield new LatencyDispatcher(latencies);
      }
    };
  }
}
