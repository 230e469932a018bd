package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Beam search on a GPU against the reference. A GPU rounds, and a search compares sums that may be
/// nearly equal: where it finds another text, that must be as likely as the reference's, by the
/// CPU's measure.
@Tag("gpu")
class CudaBeamsTest {
  /// By how much the mean log-probability of a text may be below that of the reference's.
  private static final double TOLERANCE = 0.05;

  @ParameterizedTest
  @CsvSource({"48, AUTO", "24, AUTO", "0, HOST", "0, STREAM"})
  void bestHypotheses_equalTheReference_orAreAsLikely(
      int experts, DispatchMode dispatch, TestReporter reporter) throws IOException {
    try (Engine gpu = Engines.load(Engines.options("tiny-moe", Kind.CUDA, experts, dispatch));
        Engine cpu = Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO))) {
      int equal = 0;
      List<GoldenBeams> all = GoldenBeams.all();
      // All at once: beams of several searches are rows of the same steps.
      List<CollectingListener> searches = all.stream().map(golden -> golden.submit(gpu)).toList();
      for (int i = 0; i < all.size(); i++) {
        searches.get(i).awaitReport();
        List<Integer> found = GoldenBeams.ids(searches.get(i).hypotheses().getFirst());
        if (found.equals(all.get(i).best())) {
          equal++;
        } else {
          double expected = mean(cpu, all.get(i).prompt(), all.get(i).best());
          double actual = mean(cpu, all.get(i).prompt(), found);
          reporter.publishEntry(
              "%d experts, %s, search %d".formatted(experts, dispatch, i),
              "another text, of mean log-probability %.4f instead of %.4f"
                  .formatted(actual, expected));
          assertThat(actual).isGreaterThan(expected - TOLERANCE);
        }
      }
      assertThat(equal).as("searches that found the reference's text").isPositive();
    }
  }

  /// Mean log-probability of `tokens` after a prompt.
  private static double mean(Engine engine, List<Integer> prompt, List<Integer> tokens) {
    CollectingListener listener = new CollectingListener();
    engine.submit(
        new GenerationRequest(
            Origin.of("default"),
            Stream.concat(prompt.stream(), tokens.stream()).mapToInt(Integer::intValue).toArray(),
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
        .mapToDouble(SampledToken::logprob)
        .average()
        .orElseThrow();
  }
}
