package io.fiddler.engine.load;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.Origin;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.PastActivations;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.beam.BeamParameters;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/// Real engines for tests, over the embedded model or the golden ones.
public final class Engines {
  private Engines() {}

  static EngineOptions options(String model, Kind kind, int experts, DispatchMode dispatch) {
    return options(model, kind, experts, new Limits(64, 32, 64, 0), dispatch);
  }

  /// tiny-moe with limits of a test's own.
  ///
  /// @param experts resident, where there is a device
  static EngineOptions options(Kind kind, int experts, Limits limits, DispatchMode dispatch) {
    return options("tiny-moe", kind, kind == Kind.NONE ? -1 : experts, limits, dispatch);
  }

  private static EngineOptions options(
      String model, Kind kind, int experts, Limits limits, DispatchMode dispatch) {
    return new EngineOptions(
        model,
        Path.of("target", "engine-tests"),
        new DeviceOptions(kind, 0, experts),
        new HostOptions(2, Kernels.FLOAT32),
        limits,
        dispatch);
  }

  static Engine load(EngineOptions options) {
    return load(options, new EngineListener() {});
  }

  static Engine load(EngineOptions options, EngineListener listener) {
    Engine engine = new FiddlerEngine(options, Engines::evenSpread, listener);
    engine.load();
    return engine;
  }

  /// As many experts of every layer.
  public static VersionedPlacement evenSpread(ModelSummary model, int capacity) {
    return new VersionedPlacement(
        1, new EvenSpreadPolicy().plan(PastActivations.none(model.grid()), capacity));
  }

  static GenerationRequest greedy(int[] prompt, int maxTokens) {
    return new GenerationRequest(
        Origin.of("default"),
        prompt,
        maxTokens,
        Decoding.sampled(SamplingParameters.greedy()),
        Set.of(),
        true,
        -1,
        false);
  }

  /// A beam search as Hugging Face does by default.
  static GenerationRequest beams(int[] prompt, int maxTokens, int width) {
    return beams(prompt, maxTokens, BeamParameters.ofWidth(width));
  }

  static GenerationRequest beams(int[] prompt, int maxTokens, BeamParameters parameters) {
    return new GenerationRequest(
        Origin.of("default"),
        prompt,
        maxTokens,
        new Decoding.Beams(parameters),
        Set.of(),
        false,
        -1,
        false);
  }

  /// Path of a folder among the test resources.
  public static Path resource(String name) {
    URL url = Objects.requireNonNull(Engines.class.getResource("/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
