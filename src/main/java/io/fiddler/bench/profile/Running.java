package io.fiddler.bench.profile;

import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A prompt on its way through the engine.
final class Running implements GenerationListener {
  private final Prompt prompt;
  private final CompletableFuture<GenerationReport> end = new CompletableFuture<>();

  Running(Prompt prompt) {
    this.prompt = prompt;
  }

  /// What came of it.
  ///
  /// @param prompt tokens read
  /// @param completion tokens generated
  record Tokens(int prompt, int completion) {}

  /// Waits for the end.
  ///
  /// @throws IllegalStateException if it failed
  Tokens await() {
    try {
      GenerationReport report = end.join();
      return new Tokens(report.promptTokens(), report.completionTokens());
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "%s failed: %s".formatted(prompt.place(), e.getCause()), e.getCause());
    }
  }

  @Override
  public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {}

  @Override
  public void onToken(SampledToken token) {}

  @Override
  public void onFinish(GenerationReport report) {
    end.complete(report);
  }

  @Override
  public void onFailure(Throwable failure, GenerationReport report) {
    end.completeExceptionally(failure);
  }
}
