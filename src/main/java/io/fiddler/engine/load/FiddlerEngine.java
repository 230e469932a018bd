package io.fiddler.engine.load;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.EngineStatus.Transfer;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.step.ActiveGeneration;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.Residency;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The engine's life and its public face; what it is made of comes from {@link EngineLoader}.
public final class FiddlerEngine implements Engine {
  private final EngineOptions options;
  private final EngineListener listener;
  private final Function<PhaseProgress, EngineLoader> loaders;
  private volatile EngineStatus status = new EngineStatus(EngineState.LOADING, "starting", 0);
  private volatile @Nullable LoadedEngine loaded;
  private boolean closed;

  public FiddlerEngine(
      EngineOptions options, InitialPlacement initialPlacement, EngineListener listener) {
    this(
        options,
        listener,
        progress -> new EngineLoader(options, initialPlacement, listener, progress));
  }

  /// With a loader of one's own.
  FiddlerEngine(
      EngineOptions options,
      EngineListener listener,
      Function<PhaseProgress, EngineLoader> loaders) {
    this.options = options;
    this.listener = listener;
    this.loaders = loaders;
  }

  @Override
  public void load() {
    try {
      LoadedEngine engine = loaders.apply(new Loading()).load();
      synchronized (this) {
        if (closed) {
          engine.close();
          throw new EngineNotReadyException("the engine was closed while it was loading");
        }
        engine.loop().start(this::broke);
        loaded = engine;
        become(new EngineStatus(EngineState.READY, "", 1));
      }
    } catch (RuntimeException | Error e) {
      become(failed("the model could not be loaded: " + e.getMessage()));
      throw e;
    }
  }

  /// Told on the step thread, which {@link #close} waits for without the lock.
  private synchronized void broke(EngineNotReadyException reason) {
    if (!closed) {
      become(failed(String.valueOf(reason.getMessage())));
    }
  }

  private static EngineStatus failed(String sentence) {
    return new EngineStatus(EngineState.FAILED, sentence, 0);
  }

  private final class Loading implements PhaseProgress {
    @Override
    public void at(String phase, double done) {
      at(phase, done, null);
    }

    @Override
    public void at(String phase, double done, @Nullable Transfer transfer) {
      become(new EngineStatus(EngineState.LOADING, phase, done, transfer));
    }
  }

  private void become(EngineStatus next) {
    status = next;
    listener.onStatus(next);
  }

  @Override
  public EngineStatus status() {
    return status;
  }

  @Override
  public ModelSummary model() {
    return ready().model();
  }

  @Override
  public DeviceSummary device() {
    LoadedEngine engine = ready();
    return engine.device();
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener generationListener) {
    LoadedEngine engine = ready();
    engine.requestLimits(options.limits().maxRunning()).require(request);
    Set<Integer> stops =
        request.stopTokenIds().isEmpty()
            ? engine.model().config().eosTokenIds()
            : request.stopTokenIds();
    ActiveGeneration generation =
        new ActiveGeneration(
            request, generationListener, stops, options.limits(), engine.loop()::wake);
    engine.loop().submit(generation);
    return generation;
  }

  @Override
  public CompletableFuture<Residency> apply(VersionedPlacement placement) {
    return apply(placement, Long.MAX_VALUE);
  }

  @Override
  public CompletableFuture<Residency> apply(VersionedPlacement placement, long maxBytesPerSecond) {
    return ready().loop().apply(placement, maxBytesPerSecond);
  }

  @Override
  public VersionedPlacement placement() {
    return ready().resident().placement();
  }

  @Override
  public Residency residency() {
    return ready().resident().residency();
  }

  @Override
  public ActivationCounters activations() {
    return ready().stepping().activations();
  }

  @Override
  public PhaseAssignments assignmentsSincePlacement() {
    return ready().runner().assignmentsSincePlacement();
  }

  /// Runs a measurement with the engine's own parts, between steps on the step thread, while there
  /// is nothing to generate. It may submit generations; those begin after it, in one step.
  ///
  /// @throws EngineNotReadyException before the model is loaded
  /// @throws IllegalStateException if generations run or wait
  public <T> T measure(Function<EngineParts, T> measurement) {
    LoadedEngine engine = ready();
    try {
      return engine
          .loop()
          .between(() -> {
            if (engine.loop().numGenerations() > 0) {
              throw new IllegalStateException(
                  "a measurement needs an idle engine, got %d generations"
                      .formatted(engine.loop().numGenerations()));
            }
            return measurement.apply(engine.parts());
          })
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public Optional<LatencyReport> latency() {
    return ready().latency().report();
  }

  @Override
  public CompletableFuture<List<LaneInterval>> trace(int steps) {
    return ready().stepping().timelines().trace(steps);
  }

  private LoadedEngine ready() {
    LoadedEngine engine = loaded;
    EngineStatus now = status;
    if (engine == null || now.state() != EngineState.READY) {
      throw new EngineNotReadyException(
          switch (now.state()) {
            case LOADING ->
                "the model is being loaded (%s, %.0f %%)"
                    .formatted(now.phase(), 100 * now.progress());
            case FAILED -> now.phase();
            case CLOSED, READY -> "the engine is closing";
          });
    }
    return engine;
  }

  @Override
  public void close() {
    LoadedEngine engine;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      engine = loaded;
      if (status.state() != EngineState.FAILED) {
        become(new EngineStatus(EngineState.CLOSED, "", 0));
      }
    }
    if (engine != null) {
      engine.close();
    }
  }
}
