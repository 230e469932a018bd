package io.fiddler.engine.load;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.dispatch.Dispatcher;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.ExpertLanes;
import io.fiddler.engine.step.ForwardPass;
import io.fiddler.engine.step.ForwardPass.DispatchContext;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.engine.step.ResidentExperts;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.engine.step.StepRunner;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cpu.KernelWarmUp;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.ModelSources;
import io.fiddler.scheduler.Scheduler;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Puts an engine together: weights, device, kernels, buffers, latency model, resident experts,
/// step loop. Whatever was opened is closed again if a later part fails.
final class EngineLoader {
  /// Reading the weights is most of the work of loading.
  private static final double READ_SHARE = 0.85;

  private static final Duration WARM_UP_AT_MOST = Duration.ofSeconds(20);

  private final EngineOptions options;
  private final InitialPlacement initialPlacement;
  private final EngineListener listener;
  private final Progress progress;
  private final CpuKernelSet kernelSet;
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
    this(options, initialPlacement, listener, progress, kernelSet(options.host()));
  }

  /// With kernels other than those the options ask for.
  EngineLoader(
      EngineOptions options,
      InitialPlacement initialPlacement,
      EngineListener listener,
      Progress progress,
      CpuKernelSet kernelSet) {
    this.options = options;
    this.initialPlacement = initialPlacement;
    this.listener = listener;
    this.progress = progress;
    this.kernelSet = kernelSet;
  }

  private static CpuKernelSet kernelSet(HostOptions host) {
    return switch (host.kernels()) {
      case AUTO -> CpuKernelSet.fastest();
      case FLOAT32 -> CpuKernelSet.float32();
    };
  }

  /// Loads everything; the loop is not started.
  LoadedEngine load() {
    try {
      ModelSource source =
          ModelSources.of(
              options.modelPath(), options.home().resolve("models"), options.hostThreads());
      // The configuration is checked before anything large is read.
      source.config();
      DeviceSelection selection = DeviceSelection.open(options.device());
      resources.own(selection.device());
      ModelWeights weights = resources.own(source.load(kernelSet.expertTiling(), this::reading));
      return assemble(source, weights, selection, kernels(selection.device(), weights));
    } catch (RuntimeException | Error e) {
      try {
        resources.close();
      } catch (IllegalStateException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  private void reading(long doneBytes, long totalBytes) {
    progress.at("reading weights", READ_SHARE * doneBytes / Math.max(1, totalBytes));
  }

  /// The kernels of both sides, over one pool of workers.
  private record Kernels(CpuSegments onDevice, CpuSegments onHost) {}

  private Kernels kernels(Device device, ModelWeights weights) {
    progress.at("warming kernels", READ_SHARE);
    WorkerPool workers = resources.own(new WorkerPool(options.hostThreads()));
    KernelWarmUp.run(workers, elementTypes(weights), WARM_UP_AT_MOST);
    CpuSegments onHost = resources.own(kernelSet.segments(MemoryKind.HOST, workers));
    CpuSegments onDevice =
        device.memoryKind() == MemoryKind.HOST
            ? onHost
            : resources.own(deviceSegments(device, workers));
    return new Kernels(onDevice, onHost);
  }

  /// The kernels that work in the memory of `device`. Those of the CPU must never see a GPU's.
  private CpuSegments deviceSegments(Device device, WorkerPool workers) {
    if (device instanceof CudaDevice) {
      throw new DeviceOptionsException(
          "the engine has no kernels for a GPU yet; use fiddler.device.kind=none");
    }
    return kernelSet.segments(device.memoryKind(), workers);
  }

  private static Set<ElementType> elementTypes(ModelWeights weights) {
    Set<ElementType> types = EnumSet.of(weights.embedding().type(), weights.head().type());
    for (LayerWeights layer : weights.layers()) {
      types.add(layer.experts().format().type());
      types.add(((GroupedQueryAttentionWeights) layer.attention()).qProj().type());
    }
    return types;
  }

  private LoadedEngine assemble(
      ModelSource source, ModelWeights weights, DeviceSelection selection, Kernels kernels) {
    ModelConfig config = weights.config();
    Device device = selection.device();
    ExpertFormat format = weights.layers().getFirst().experts().format();
    String kernelsUsed = kernelSet.name(format.tiling());
    ModelSummary model = summary(source, weights, format);
    MemoryNeeds needs =
        MemoryNeeds.of(
            config, format, options.limits(), device.memoryKind(), kernels.onDevice().cacheType());
    int capacity =
        needs.expertCapacity(
            device, weights, format, model.grid().size(), options.device().experts());

    DeviceModel onDevice = resources.own(DeviceModel.load(weights, device));
    KvStorage cache =
        resources.own(KvStorage.allocate(config, needs.kvBlocks(), needs.cacheType(), device));
    StepBuffers buffers = resources.own(new StepBuffers(needs.buffers(), device));
    SlotRing slots = resources.own(new SlotRing(device, needs.slots(), format.sliceSizeBytes()));
    ExpertFrames frames =
        resources.own(new ExpertFrames(device, capacity, format.expertSizeBytes()));

    progress.at("measuring latencies", READ_SHARE + 0.05);
    LatencyCalibration calibration =
        new LatencyCalibration(
            weights, device, kernels.onDevice(), kernels.onHost(), slots, buffers);
    Dispatcher dispatcher =
        new DispatcherChoice(options, device, weights.fingerprint(), kernelsUsed)
            .choose(calibration::measure);

    progress.at("loading resident experts", READ_SHARE + 0.1);
    ResidentExperts resident = new ResidentExperts(weights, device, frames, model.grid());
    resident.bring(initialPlacement.choose(model, capacity));

    ExpertLanes lanes =
        new ExpertLanes(device, kernels.onDevice(), kernels.onHost(), slots, buffers);
    ForwardPass forward =
        new ForwardPass(
            onDevice,
            config,
            kernels.onDevice(),
            cache,
            buffers,
            lanes,
            new DispatchContext(dispatcher, resident));
    AtomicActivationCounters activations = new AtomicActivationCounters(model.grid());
    StepRunner runner = new StepRunner(forward, resident, lanes, activations, config.vocabSize());
    BlockPool blocks = new BlockPool(needs.kvBlocks(), KvStorage.BLOCK_TOKENS);
    Limits limits = options.limits();
    Scheduler scheduler = new Scheduler(blocks, limits.maxRunning(), limits.maxStepTokens());
    StepLoop loop = new StepLoop(scheduler, runner, resident, listener, limits.maxQueued());
    return new LoadedEngine(
        model, selection, kernelsUsed, blocks, resident, activations, runner, loop, resources);
  }

  private static ModelSummary summary(
      ModelSource source, ModelWeights weights, ExpertFormat format) {
    List<Integer> experts =
        weights.config().layers().stream()
            .map(layer ->
                switch (layer.mlp()) {
                  case MixtureOfExperts moe -> moe.numExperts();
                })
            .toList();
    ExpertGrid grid = new ExpertGrid(experts);
    return new ModelSummary(
        source.name(),
        weights.fingerprint(),
        weights.config(),
        grid,
        format.expertSizeBytes(),
        DeviceModel.denseBytes(weights) + grid.size() * format.expertSizeBytes());
  }
}
