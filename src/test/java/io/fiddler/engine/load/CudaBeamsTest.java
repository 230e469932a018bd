package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Beam search on a GPU. A GPU rounds, and a search goes by sums that may be nearly equal, so it
/// may find another text than the reference. What it says of the text must be true whatever it
/// finds: where runs are reproducible, each token has to the bit the log-probability that the same
/// GPU gives it as part of a prompt, which it can only have if the beams' blocks were shared and
/// copied as they should be.
@Tag("gpu")
class CudaBeamsTest {
  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({"48, AUTO", "24, AUTO", "0, HOST", "0, STREAM", "12, SPLIT"})
  void hypotheses_areAsLikelyAsTheyAreSaidToBe_andMostlyTheReferences(
      int experts, DispatchMode dispatch, TestReporter reporter) throws IOException {
    try (Engine gpu = Engines.load(options(experts, dispatch))) {
      int equal = 0;
      List<GoldenBeams> all = GoldenBeams.all();
      // All at once: beams of several searches are rows of the same steps.
      List<CollectingListener> searches = all.stream().map(golden -> search(gpu, golden)).toList();
      for (int i = 0; i < all.size(); i++) {
        searches.get(i).awaitReport();
        for (BeamHypothesis found : searches.get(i).hypotheses()) {
          List<Double> told = found.tokens().stream().map(SampledToken::logprob).toList();
          assertThat(told).isEqualTo(scored(gpu, all.get(i).prompt(), GoldenBeams.ids(found)));
        }
        List<Integer> best = GoldenBeams.ids(searches.get(i).hypotheses().getFirst());
        equal += best.equals(all.get(i).best()) ? 1 : 0;
      }
      reporter.publishEntry(
          "%d experts, %s".formatted(experts, dispatch),
          "%d of %d searches found the reference's text".formatted(equal, all.size()));
      assertThat(2 * equal).isGreaterThanOrEqualTo(all.size());
    }
  }

  private static CollectingListener search(Engine engine, GoldenBeams golden) {
    CollectingListener listener = new CollectingListener();
    GenerationRequest plain =
        Engines.beams(ids(golden.prompt()), golden.best().size(), GoldenBeams.WIDTH);
    engine.submit(
        new GenerationRequest(
            plain.origin(),
            plain.promptTokens(),
            plain.maxTokens(),
            plain.decoding(),
            plain.stopTokenIds(),
            plain.ignoreEos(),
            0,
            false),
        listener);
    return listener;
  }

  private static int[] ids(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private EngineOptions options(int experts, DispatchMode dispatch) {
    EngineOptions some = Engines.options("tiny-moe", Kind.CUDA, experts, dispatch);
    return new EngineOptions(
        some.modelPath(),
        home,
        some.device(),
        some.host(),
        some.limits(),
        dispatch,
        new LaneOptions(true, 0));
  }

  /// Log-probabilities of `tokens` after a prompt.
  private static List<Double> scored(Engine engine, List<Integer> prompt, List<Integer> tokens) {
    CollectingListener listener = new CollectingListener();
    engine.submit(
        new GenerationRequest(
            Origin.of("default"),
            ids(Stream.concat(prompt.stream(), tokens.stream()).toList()),
            0,
            Decoding.sampled(SamplingParameters.greedy()),
            Set.of(),
            true,
            0,
            true),
        listener);
    listener.awaitReport();
    return listener.promptLogprobs().stream()
        .skip(prompt.size() - 1L)
        .map(SampledToken::logprob)
        .toList();
  }
}
