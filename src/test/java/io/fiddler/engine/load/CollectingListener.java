package io.fiddler.engine.load;

import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Collects a generation and lets a test wait for its parts.
final class CollectingListener implements GenerationListener {
  private static final long TIMEOUT_SECONDS = 60;

  private final Runnable afterPrefill;
  private final List<SampledToken> tokens = new CopyOnWriteArrayList<>();
  private final CompletableFuture<GenerationReport> finished = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private final CountDownLatch firstToken = new CountDownLatch(1);
  private volatile List<SampledToken> promptLogprobs = List.of();
  private volatile @Nullable PrefillReport prefill;
  private volatile List<BeamHypothesis> hypotheses = List.of();

  CollectingListener() {
    this(() -> {});
  }

  /// @param afterPrefill run on the step thread when the prompt has been read
  CollectingListener(Runnable afterPrefill) {
    this.afterPrefill = afterPrefill;
  }

  @Override
  public void onPrefill(PrefillReport report, List<SampledToken> logprobs) {
    prefill = report;
    promptLogprobs = List.copyOf(logprobs);
    afterPrefill.run();
  }

  @Override
  public void onToken(SampledToken token) {
    tokens.add(token);
    firstToken.countDown();
  }

  @Override
  public void onBeams(List<BeamHypothesis> found) {
    hypotheses = List.copyOf(found);
  }

  @Override
  public void onFinish(GenerationReport report) {
    finished.complete(report);
  }

  @Override
  public void onFailure(Throwable failure, GenerationReport report) {
    failed.complete(failure);
    finished.complete(report);
  }

  int[] tokenIds() {
    return tokens.stream().mapToInt(SampledToken::tokenId).toArray();
  }

  List<SampledToken> tokens() {
    return tokens;
  }

  List<BeamHypothesis> hypotheses() {
    return hypotheses;
  }

  List<SampledToken> promptLogprobs() {
    return promptLogprobs;
  }

  @Nullable PrefillReport prefill() {
    return prefill;
  }

  void awaitFirstToken() throws InterruptedException {
    if (!firstToken.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no token came");
    }
  }

  GenerationReport awaitReport() {
    return finished.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }

  Throwable awaitFailure() {
    return failed.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }
}
