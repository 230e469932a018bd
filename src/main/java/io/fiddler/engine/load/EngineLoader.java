package io.fiddler.engine.load;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.device.host.HostDevice;
import io.fiddler.dispatch.StepBudget;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineStatus.Transfer;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.latency.LiveLatency;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.ExpertLanes;
import io.fiddler.engine.step.ForwardPass;
import io.fiddler.engine.step.ForwardPass.DispatchContext;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.engine.step.LaneProbe;
import io.fiddler.engine.step.ResidentExperts;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.engine.step.StepLoop;
import io.fiddler.engine.step.StepRunner;
import io.fiddler.engine.step.StreamShape;
import io.fiddler.engine.timeline.LaneUsage;
import io.fiddler.engine.timeline.Timelines;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cpu.KernelWarmUp;
import io.fiddler.kernel.cpu.ReferenceExpert;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
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
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts an engine together: weights, device, kernels, buffers, latency model, resident experts,
/// step loop. Whatever was opened is closed again if a later part fails.
final class EngineLoader {
  /// Reading the weights is most of the work of loading.
  private static final double READ_SHARE = 0.85;

  private static final double LOCK_SHARE = 0.02;

  /// More than one, so that rows that are mixed up show.
  private static final int CHECKED_ROWS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(EngineLoader.class);

  private static final Duration WARM_UP_AT_MOST = Duration.ofSeconds(20);

  private final EngineOptions options;
  private final InitialPlacement initialPlacement;
  private final EngineListener listener;
  private final Progress progress;
  private final CpuKernelSet kernelSet;
  private final Function<DeviceOptions, DeviceSelection> devices;
  private Resources resources = new Resources();

  /// Told how far loading is.
  @FunctionalInterface
  interface Progress {
    /// `phase` is under way; `done` of everything is done, in [0, 1].
    void at(String phase, double done);

    /// The same of a phase that moves bytes.
    default void at(String phase, double done, @Nullable Transfer transfer) {
      at(phase, done);
    }
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
    this(options, initialPlacement, listener, progress, kernelSet, DeviceSelection::open);
  }

  /// With devices of another make, too.
  EngineLoader(
      EngineOptions options,
      InitialPlacement initialPlacement,
      EngineListener listener,
      Progress progress,
      CpuKernelSet kernelSet,
      Function<DeviceOptions, DeviceSelection> devices) {
    this.options = options;
    this.initialPlacement = initialPlacement;
    this.listener = listener;
    this.progress = progress;
    this.kernelSet = kernelSet;
    this.devices = devices;
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
      progress.at("opening the device", 0);
      return load(devices.apply(options.device()));
    } catch (DeviceLaneException e) {
      if (options.device().kind() != DeviceOptions.Kind.AUTO) {
        throw new DeviceOptionsException(
            "%s (fiddler.device.kind=%s)"
                .formatted(
                    e.getMessage(), options.device().kind().name().toLowerCase(Locale.ROOT)));
      }
      LOG.warn("{}; everything is computed on the CPU instead", e.getMessage());
      resources = new Resources();
      return load(
          new DeviceSelection(
              new HostDevice(), "everything is computed on the CPU: " + e.getMessage()));
    }
  }

  private LoadedEngine load(DeviceSelection selection) {
    try {
      resources.own(selection.device());
      ModelSource source =
          ModelSources.of(
              options.modelPath(), options.home().resolve("models"), options.hostThreads());
      // The configuration is checked before anything large is read.
      source.config();
      LoadMeter reading = new LoadMeter("reading weights", 0, READ_SHARE, progress);
      ModelWeights weights = resources.own(source.load(kernelSet.expertTiling(), reading::at));
      if (selection.device() instanceof CudaDevice cuda) {
        LoadMeter locking =
            new LoadMeter("page-locking experts", READ_SHARE, READ_SHARE + LOCK_SHARE, progress);
        CudaSide.registerExperts(cuda, weights, resources, locking::at);
      }
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

  /// The kernels of both sides, over one pool of workers.
  ///
  /// @param hostRows page-locked memory for the host's activations; null for memory of its own
  private record Kernels(
      WorkerPool workers, Segments onDevice, CpuSegments onHost, @Nullable PinnedMemory hostRows) {}

  private Kernels kernels(Device device, ModelWeights weights) {
    progress.at("warming kernels", READ_SHARE + LOCK_SHARE);
    WorkerPool workers = resources.own(new WorkerPool(options.hostThreads()));
    KernelWarmUp.run(workers, elementTypes(weights), WARM_UP_AT_MOST);
    CpuSegments onHost = resources.own(kernelSet.segments(MemoryKind.HOST, workers));
    if (device instanceof CudaDevice cuda) {
      progress.at("preparing the device", READ_SHARE + LOCK_SHARE);
      ExpertFormat format = weights.layers().getFirst().experts().format();
      MemoryNeeds needs =
          MemoryNeeds.of(
              weights.config(),
              format,
              options.limits(),
              device.memoryKind(),
              CudaSide.cacheType(weights),
              options.lanes().reproducible());
      // Says what does not fit before any of it is allocated.
      int numExperts = grid(weights).size();
      needs.expertCapacity(device, weights, format, numExperts, options.device().experts());
      PinnedMemory hostRows =
          resources.own(cuda.pinned(needs.buffers().hostBytes(), "activations"));
      CudaSegments onDevice =
          resources.own(
              new CudaSegments(cuda, CudaSide.shape(weights.config(), format, needs), hostRows));
      return new Kernels(workers, onDevice, onHost, hostRows);
    }
    CpuSegments onDevice =
        device.memoryKind() == MemoryKind.HOST
            ? onHost
            : resources.own(kernelSet.segments(device.memoryKind(), workers));
    return new Kernels(workers, onDevice, onHost, null);
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
            config,
            format,
            options.limits(),
            device.memoryKind(),
            kernels.onDevice().cacheType(),
            options.lanes().reproducible());
    int capacity =
        needs.expertCapacity(
            device, weights, format, model.grid().size(), options.device().experts());

    DeviceModel onDevice = resources.own(loadDense(weights, device));
    KvStorage cache =
        resources.own(KvStorage.allocate(config, needs.kvBlocks(), needs.cacheType(), device));
    PinnedMemory hostRows = kernels.hostRows();
    StepBuffers buffers =
        resources.own(
            hostRows == null
                ? new StepBuffers(needs.buffers(), device)
                : new StepBuffers(needs.buffers(), device, hostRows.host()));
    StreamShape stream = needs.stream();
    SlotRing slots =
        resources.own(new SlotRing(device, stream.numSlots(), stream.slotBytes(format)));
    ExpertFrames frames =
        resources.own(new ExpertFrames(device, capacity, format.expertSizeBytes()));

    ResidentExperts resident = new ResidentExperts(weights, device, frames, model.grid());
    ExpertLanes lanes =
        new ExpertLanes(
            device, kernels.onDevice(), kernels.onHost(), slots, stream.slicesPerSlot(), buffers);

    progress.at("checking lanes", READ_SHARE + 0.04);
    RandomRows.fill(buffers, device);
    LaneProbe probe = new LaneProbe(weights, device, kernels.onDevice(), buffers, lanes, resident);
    Set<Way> off = selfCheck(probe, weights, device, buffers, capacity);

    LatencyCalibration calibration =
        new LatencyCalibration(
            weights, device, kernels.onDevice(), kernels.onHost(), slots, buffers);
    LiveLatency latency =
        new DispatcherChoice(options, device, weights.fingerprint(), kernelsUsed)
            .choose(off, format.numSlices(), () -> calibration.measure(this::measuring));
    Timelines timelines = timelines(latency);

    VersionedPlacement placement = initialPlacement.choose(model, capacity);
    long residentBytes = placement.placement().experts().size() * format.expertSizeBytes();
    LoadMeter bringing = new LoadMeter("loading resident experts", READ_SHARE + 0.1, 1, progress);
    resident.bring(
        placement, count -> bringing.at(count * format.expertSizeBytes(), residentBytes));

    ForwardPass forward =
        new ForwardPass(
            onDevice,
            config,
            kernels.onDevice(),
            cache,
            buffers,
            lanes,
            new DispatchContext(latency, resident));
    AtomicActivationCounters activations = new AtomicActivationCounters(model.grid());
    StepRunner runner =
        new StepRunner(forward, resident, lanes, activations, config.vocabSize(), timelines);
    BlockPool blocks = new BlockPool(needs.kvBlocks(), KvStorage.BLOCK_TOKENS);
    Limits limits = options.limits();
    StepBudget budget = stepBudget(latency, model, format, capacity);
    Scheduler scheduler =
        new Scheduler(
            blocks,
            limits.maxRunning(),
            Math.max(budget.alone(), limits.maxRunning()),
            budget.besideDecodes());
    StepLoop loop = new StepLoop(scheduler, runner, resident, listener, limits.maxQueued());
    EngineParts parts =
        new EngineParts(
            device,
            kernels.workers(),
            kernels.onHost(),
            kernels.onDevice(),
            slots,
            buffers,
            weights,
            resident,
            forward,
            blocks.numBlocks());
    return new LoadedEngine(
        model,
        selection,
        kernelsUsed,
        blocks,
        resident,
        activations,
        runner,
        loop,
        parts,
        latency,
        timelines,
        resources);
  }

  private DeviceModel loadDense(ModelWeights weights, Device device) {
    if (device.memoryKind() == MemoryKind.HOST) {
      return DeviceModel.load(weights, device);
    }
    long bytes = DeviceModel.denseBytes(weights);
    LoadMeter copying =
        new LoadMeter("loading the dense part", READ_SHARE + 0.03, READ_SHARE + 0.04, progress);
    DeviceModel onDevice = DeviceModel.load(weights, device);
    copying.at(bytes, bytes);
    progress.at("allocating buffers", READ_SHARE + 0.04);
    return onDevice;
  }

  private StepBudget stepBudget(
      LiveLatency latency, ModelSummary model, ExpertFormat format, int capacity) {
    MixtureOfExperts moe = (MixtureOfExperts) model.config().layers().getFirst().mlp();
    StepBudget budget =
        StepBudget.of(
            latency.model(),
            new StepBudget.Experts(
                model.grid().numLayers(),
                moe.numExperts(),
                moe.numExpertsPerToken(),
                format.numSlices(),
                capacity),
            options.limits().maxStepTokens());
    LOG.info(
        "Prompts are read {} tokens a step, {} where others decode",
        budget.alone(),
        budget.besideDecodes());
    return budget;
  }

  private void measuring(String what) {
    progress.at("measuring latencies: " + what, READ_SHARE + 0.05);
  }

  private static Set<Way> selfCheck(
      LaneProbe probe, ModelWeights weights, Device device, StepBuffers buffers, int capacity) {
    Set<Way> ways = EnumSet.of(Way.HOST);
    MixtureOfExpertsWeights layer = weights.layers().getFirst().experts();
    if (device.memoryKind() == MemoryKind.DEVICE) {
      ways.add(Way.STREAMED);
      if (layer.format().numSlices() > 1) {
        ways.add(Way.SPLIT);
      }
      if (capacity > 0) {
        ways.add(Way.RESIDENT);
      }
    }
    int rows = Math.min(CHECKED_ROWS, buffers.shape().maxRows());
    return new LaneSelfCheck(
            probe,
            new ExpertId(0, 0),
            new ReferenceExpert(layer.format(), layer.experts().getFirst()),
            buffers.hostNormed().rows(0, rows),
            LaneTolerance.of(layer.format(), device.info()))
        .run(ways);
  }

  private Timelines timelines(LiveLatency latency) {
    return new Timelines(
        options.lanes().timelineEvery(),
        step -> {
          latency.observe(step);
          listener.onTimeline(
              new TimelineReport(
                  step.prefillRows(),
                  step.decodeRows(),
                  step.nanos(),
                  LaneUsage.of(step.intervals())));
        });
  }

  private static ModelSummary summary(
      ModelSource source, ModelWeights weights, ExpertFormat format) {
    ExpertGrid grid = grid(weights);
    return new ModelSummary(
        source.name(),
        weights.fingerprint(),
        weights.config(),
        grid,
        format.expertSizeBytes(),
        DeviceModel.denseBytes(weights) + grid.size() * format.expertSizeBytes());
  }

  private static ExpertGrid grid(ModelWeights weights) {
    return new ExpertGrid(
        weights.config().layers().stream()
            .map(layer ->
                switch (layer.mlp()) {
                  case MixtureOfExperts moe -> moe.numExperts();
                })
            .toList());
  }
}
