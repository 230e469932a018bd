package io.fiddler.api;

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
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Residency;
import io.fiddler.model.ModelConfig;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// An engine that does what a test tells it: which tokens to give, where to stall, how to fail.
/// Like the real one it calls its listeners from one step thread.
final class ScriptedEngine implements Engine {
  static final int CONTEXT_LENGTH = 64;
  static final int CACHE_TOKENS = 1 << 20;
  static final String FINGERPRINT = "0123456789abcdef";
  static final long PLACEMENT_VERSION = 7;

  private final ExecutorService step =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("scripted-step").factory());
  private final BlockingQueue<ScriptedRun> runs = new LinkedBlockingQueue<>();
  private volatile EngineStatus status = new EngineStatus(EngineState.READY, "", 1);
  private volatile Script script = Script.seededLetters();

  /// The generation submitted next; waits for it.
  ScriptedRun nextRun() throws InterruptedException {
    ScriptedRun run = runs.poll(10, TimeUnit.SECONDS);
    if (run == null) {
      throw new AssertionError("no generation was submitted within 10 s");
    }
    return run;
  }

  /// Forgets runs and goes back to the ordinary script.
  void reset() {
    runs.clear();
    script = Script.seededLetters();
    status = new EngineStatus(EngineState.READY, "", 1);
  }

  /// How the next generations go.
  void script(Script next) {
    script = next;
  }

  void status(EngineState state, String phase, double progress) {
    status = new EngineStatus(state, phase, progress);
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
            "scripted",
            ByteTokenizer.VOCAB_SIZE,
            8,
            CONTEXT_LENGTH,
            1e-5,
            false,
            Set.of(ByteTokenizer.BEGIN),
            Set.of(ByteTokenizer.END),
            List.of());
    return new ModelSummary("scripted", FINGERPRINT, config, new ExpertGrid(List.of(2)), 1, 1, 1);
  }

  @Override
  public DeviceSummary device() {
    requireReady();
    return new DeviceSummary(
        new DeviceInfo("none", "none", 0),
        "scripted",
        0,
        0,
        "scripted",
        new DeviceSummary.Cache(CACHE_TOKENS, CACHE_TOKENS, 0, 0));
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    requireReady();
    ScriptedRun run = new ScriptedRun(request, listener, script);
    script.onSubmit(run);
    runs.add(run);
    step.execute(run);
    return run;
  }

  @Override
  public CompletableFuture<Residency> apply(InitialPlacement.VersionedPlacement placement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Residency> apply(
      InitialPlacement.VersionedPlacement placement, long maxBytesPerSecond) {
    throw new UnsupportedOperationException();
  }

  @Override
  public InitialPlacement.VersionedPlacement placement() {
    return new InitialPlacement.VersionedPlacement(
        PLACEMENT_VERSION,
        new Placement(List.of(), "none", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  @Override
  public Residency residency() {
    return Residency.empty(new ExpertGrid(List.of(2)));
  }

  @Override
  public ActivationCounters activations() {
    throw new UnsupportedOperationException();
  }

  @Override
  public PhaseAssignments assignmentsSincePlacement() {
    return new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE);
  }

  @Override
  public Optional<LatencyReport> latency() {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<List<LaneInterval>> trace(int steps) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    step.shutdownNow();
  }

  private void requireReady() {
    if (status.state() != EngineState.READY) {
      throw new EngineNotReadyException("the engine is " + status.state());
    }
  }
}
