package io.fiddler.bench;

import io.fiddler.engine.Engine;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// One round of generations with random prompts, all at once.
///
/// @param firstTokenNanos mean time to first token
/// @param tokensPerSecond tokens decoded a second over all generations, the first ones excepted
/// @param bytesPerToken weights a decoded token needs: the dense part and its experts
/// @param requests generations at once
/// @param hitRate of the decoded tokens
record DecodeRound(
    double firstTokenNanos,
    double tokensPerSecond,
    double bytesPerToken,
    int requests,
    double hitRate) {

  static DecodeRound run(Engine engine, BenchOptions options, int round) {
    List<Timed> timed = new ArrayList<>();
    for (int i = 0; i < options.requests(); i++) {
      Timed listener = new Timed();
      timed.add(listener);
      engine.submit(request(engine.model(), options, 1000L * round + i), listener);
    }
    List<GenerationReport> reports = timed.stream().map(t -> t.finished.join()).toList();
    double firstToken =
        reports.stream().mapToLong(GenerationReport::firstTokenNanos).average().orElse(0);
    long begin = timed.stream().mapToLong(t -> t.firstNanos).max().orElse(0);
    long end = timed.stream().mapToLong(t -> t.lastNanos).max().orElse(0);
    double decoded = (double) options.requests() * (options.newTokens() - 1);
    return new DecodeRound(
        firstToken,
        decoded / ((end - begin) / 1e9),
        bytesPerToken(engine.model()),
        options.requests(),
        reports.stream().mapToDouble(r -> r.decode().hitRate()).average().orElse(0));
  }

  private static GenerationRequest request(ModelSummary model, BenchOptions options, long seed) {
    int[] prompt =
        new SplittableRandom(seed)
            .ints(options.promptTokens(), 0, model.config().vocabSize())
            .toArray();
    return new GenerationRequest(
        "bench",
        prompt,
        options.newTokens(),
        SamplingParameters.greedy(),
        Set.of(),
        true,
        -1,
        false);
  }

  private static double bytesPerToken(ModelSummary model) {
    long experts = model.grid().size() * model.expertSizeBytes();
    long embedding = 2L * model.config().vocabSize() * model.config().hiddenSize();
    long dense = model.weightsSizeBytes() - experts - embedding;
    return dense + model.expertsPerToken() * (double) model.expertSizeBytes();
  }

  String line(int round, double bandwidth) {
    // Generations at once share the dense part and some experts, so the share is stated for one
    // alone.
    String share =
        requests == 1 ? "%.2f".formatted(tokensPerSecond * bytesPerToken / bandwidth) : "-";
    return String.format(
        Locale.ROOT,
        "%5d | %14.1f | %12.2f | %15.3f | %18s | %8.3f",
        round,
        firstTokenNanos / 1e6,
        tokensPerSecond,
        bytesPerToken / 1e9,
        share,
        hitRate);
  }

  /// Notes when tokens come.
  private static final class Timed implements GenerationListener {
    final CompletableFuture<GenerationReport> finished = new CompletableFuture<>();
    volatile long firstNanos;
    volatile long lastNanos;

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {}

    @Override
    public void onToken(SampledToken token) {
      lastNanos = System.nanoTime();
      if (firstNanos == 0) {
        firstNanos = lastNanos;
      }
    }

    @Override
    public void onFinish(GenerationReport report) {
      finished.complete(report);
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      finished.completeExceptionally(failure);
    }
  }
}
