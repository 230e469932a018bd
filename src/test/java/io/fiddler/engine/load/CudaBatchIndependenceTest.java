package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `fiddler.dispatch.reproducible` on a GPU: a request's tokens and log-probabilities are the same
/// bits alone, among others, and in a second run of the service.
@Tag("gpu")
final class CudaBatchIndependenceTest {
  private static final int OTHERS = 31;
  private static final int TOKENS = 40;

  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({"0, AUTO", "20, AUTO", "48, AUTO", "12, SPLIT", "12, STREAM"})
  void tokens_areTheSameBits_aloneAndAmongOthers(int experts, DispatchMode dispatch)
      throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i <= OTHERS; i++) {
      requests.add(request(random, i));
    }
    List<List<SampledToken>> alone = new ArrayList<>();
    try (Engine engine = Engines.load(options(experts, dispatch))) {
      for (GenerationRequest request : requests) {
        CollectingListener listener = new CollectingListener();
        engine.submit(request, listener);
        listener.awaitReport();
        alone.add(listener.tokens());
      }
    }
    try (Engine engine = Engines.load(options(experts, dispatch))) {
      List<CollectingListener> together = new ArrayList<>();
      for (GenerationRequest request : requests) {
        CollectingListener listener = new CollectingListener();
        engine.submit(request, listener);
        together.add(listener);
      }
      for (int i = 0; i < requests.size(); i++) {
        together.get(i).awaitReport();
        assertThat(together.get(i).tokens())
            .as("request %d of %d prompt tokens", i, requests.get(i).promptTokens().length)
            .isEqualTo(alone.get(i));
      }
    }
  }

  /// Prompts of 1 to 150 tokens, one of several chunks; half of them sampled.
  private static GenerationRequest request(SplittableRandom random, int index) {
    int length = index == 0 ? 300 : random.nextInt(1, 150);
    SamplingParameters sampling =
        index % 2 == 0
            ? SamplingParameters.greedy()
            : new SamplingParameters(0.9, 50, 0.95, 0, 1, 0, 0, Map.of(), index);
    return new GenerationRequest(
        Origin.of("default"),
        random.ints(length, 3, 2000).toArray(),
        TOKENS,
        Decoding.sampled(sampling),
        Set.of(),
        true,
        2,
        false);
  }

  private EngineOptions options(int experts, DispatchMode dispatch) throws Exception {
    EngineOptions some = Engines.options("tiny-moe", Kind.CUDA, experts, dispatch);
    return new EngineOptions(
        some.modelPath(),
        Files.createDirectories(home.resolve("home")),
        some.device(),
        some.host(),
        new Limits(8192, 32, 128, 0),
        dispatch,
        new LaneOptions(true, 0));
  }
}
