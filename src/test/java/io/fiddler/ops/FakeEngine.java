package io.fiddler.ops;

import io.fiddler.device.DeviceInfo;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Residency;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.RopeConfig;
import io.fiddler.model.SoftmaxTopK;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// An engine that computes nothing: two layers of four experts around a dense one, of which two
/// fit. Shows the states and numbers that a test gives it.
public final class FakeEngine implements Engine {
  public static final ExpertGrid GRID = new ExpertGrid(List.of(4, 0, 4));
  public static final String FINGERPRINT = "f00d";
  public static final int CAPACITY = 2;

  private static final LayerConfig MOE_LAYER =
      new LayerConfig(
          new GroupedQueryAttention(1, 1, 8, new RopeConfig(List.of(1f), 1), 0),
          new MixtureOfExperts(new SoftmaxTopK(true), 4, 1, 16));

  private final AtomicActivationCounters activations = new AtomicActivationCounters(GRID);
  private EngineStatus status = new EngineStatus(EngineState.READY, "", 1);
  private PhaseAssignments since =
      new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE);
  private Residency residency = Residency.empty(GRID);
  private VersionedPlacement placement =
      new VersionedPlacement(
          0, new Placement(List.of(), "even", Map.of(), new HitRateForecast(0, 0, 0)));

  private Optional<LatencyReport> latency = Optional.empty();
  private IntFunction<CompletableFuture<List<LaneInterval>>> traces =
      _ -> CompletableFuture.completedFuture(List.of());

  public void become(EngineState state, String phase, double progress) {
    status = new EngineStatus(state, phase, progress);
  }

  public void transfer(String phase, double progress, EngineStatus.Transfer transfer) {
    status = new EngineStatus(EngineState.LOADING, phase, progress, transfer);
  }

  public void assigned(AssignmentCounts prefill, AssignmentCounts decode) {
    since = new PhaseAssignments(prefill, decode);
  }

  public void activate(String tenant, Phase phase, int layer, int expert, int times) {
    int[] selected = new int[times];
    Arrays.fill(selected, expert);
    activations.count(tenant, phase, layer, selected, 0, times);
  }

  @Override
  public void load() {}

  @Override
  public EngineStatus status() {
    return status;
  }

  @Override
  public ModelSummary model() {
    requireReady();
    ModelConfig config =
        new ModelConfig(
            "mixtral", 100, 8, 64, 1e-5, false, Set.of(), Set.of(), List.of(MOE_LAYER, MOE_LAYER));
    return new ModelSummary("fake", FINGERPRINT, config, GRID, 1_000, 2, 9_000);
  }

  @Override
  public DeviceSummary device() {
    requireReady();
    return new DeviceSummary(
        new DeviceInfo("emulated", "a test", 4_000),
        "the test asks for it",
        residency.size() * 1_000L,
        CAPACITY,
        "scalar",
        new DeviceSummary.Cache(64, 96, 1, 1));
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    throw new EngineNotReadyException("this engine computes nothing");
  }

  /// Whether capped changes never come to their end.
  public boolean slow;

  /// Why the device takes no placement; null if it does.
  public @Nullable RuntimeException refusal;

  private @Nullable CompletableFuture<Residency> underWay;

  @Override
  public CompletableFuture<Residency> apply(VersionedPlacement next) {
    return apply(next, Long.MAX_VALUE);
  }

  @Override
  public CompletableFuture<Residency> apply(VersionedPlacement next, long maxBytesPerSecond) {
    requireReady();
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    if (underWay != null) {
      underWay.completeExceptionally(
          new CancellationException("another placement is applied instead"));
      underWay = null;
    }
    if (slow && maxBytesPerSecond != Long.MAX_VALUE) {
      underWay = new CompletableFuture<>();
      return underWay;
    }
    Residency now = Residency.empty(GRID).following(next.version());
    int frame = 0;
    for (ScoredExpert expert : next.placement().experts()) {
      now = now.with(expert.id(), frame++);
    }
    placement = next;
    residency = now;
    since = new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE);
    return CompletableFuture.completedFuture(now);
  }

  public void reside(ExpertId id, int frame) {
    residency = residency.with(id, frame);
  }

  @Override
  public VersionedPlacement placement() {
    requireReady();
    return placement;
  }

  @Override
  public Residency residency() {
    requireReady();
    return residency;
  }

  @Override
  public ActivationCounters activations() {
    requireReady();
    return activations;
  }

  @Override
  public PhaseAssignments assignmentsSincePlacement() {
    requireReady();
    return since;
  }

  public void measured(LatencyReport report) {
    latency = Optional.of(report);
  }

  @Override
  public Optional<LatencyReport> latency() {
    requireReady();
    return latency;
  }

  /// Where the next trace comes from.
  public void traceFrom(IntFunction<CompletableFuture<List<LaneInterval>>> source) {
    traces = source;
  }

  @Override
  public CompletableFuture<List<LaneInterval>> trace(int steps) {
    requireReady();
    return traces.apply(steps);
  }

  @Override
  public void close() {
    become(EngineState.CLOSED, "", 0);
  }

  private void requireReady() {
    if (status.state() != EngineState.READY) {
      throw new EngineNotReadyException("the model is being loaded (" + status.phase() + ")");
    }
  }
}
