package io.fiddler.api;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import io.fiddler.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// One generation of a [ScriptedEngine], with round numbers in its reports.
final class ScriptedRun implements Generation, Runnable {
  static final long QUEUE_NANOS = 100_000;
  static final long PREFILL_NANOS = 12_300_000;
  static final AssignmentCounts PREFILL = new AssignmentCounts(6, 0, 2, 0);
  static final AssignmentCounts DECODE = new AssignmentCounts(2, 0, 6, 0);

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final Script script;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private boolean prefilled;
  private int tokens;

  ScriptedRun(GenerationRequest request, GenerationListener listener, Script script) {
    this.request = request;
    this.listener = listener;
    this.script = script;
  }

  GenerationRequest request() {
    return request;
  }

  /// How it chooses tokens.
  SamplingParameters sampling() {
    return switch (request.decoding()) {
      case Decoding.Sampled sampled -> sampled.parameters();
      case Decoding.Beams beams ->
          throw new AssertionError("scripts sample, they were asked for " + beams);
    };
  }

  @Override
  public void cancel() {
    cancelled.countDown();
  }

  @Override
  public void run() {
    try {
      if (isCancelled()) {
        finish(FinishReason.CANCELLED);
      } else {
        script.run(this);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for a cancellation.
  void awaitCancelled() throws InterruptedException {
    if (!cancelled.await(10, TimeUnit.SECONDS)) {
      throw new AssertionError("not cancelled within 10 s");
    }
  }

  void prefill() {
    prefilled = true;
    List<SampledToken> logprobs =
        request.promptLogprobs()
            ? Arrays.stream(request.promptTokens()).skip(1).mapToObj(this::sampled).toList()
            : List.of();
    listener.onPrefill(
        new PrefillReport(
            QUEUE_NANOS,
            PREFILL_NANOS,
            PREFILL,
            GenerationCosts.NONE,
            ScriptedEngine.PLACEMENT_VERSION),
        logprobs);
  }

  boolean goesOn() {
    return !isCancelled() && tokens < request.maxTokens();
  }

  void token(int id) {
    tokens++;
    listener.onToken(sampled(id));
  }

  void finish(FinishReason reason) {
    listener.onFinish(report(isCancelled() ? FinishReason.CANCELLED : reason));
  }

  void fail(Throwable failure) {
    listener.onFailure(failure, report(FinishReason.ERROR));
  }

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  private SampledToken sampled(int id) {
    if (request.topLogprobs() < 0) {
      return new SampledToken(id, Double.NaN, List.of());
    }
    List<TokenLogprob> top =
        IntStream.range(0, request.topLogprobs())
            .mapToObj(i -> new TokenLogprob('A' + i, -1.0 - i))
            .toList();
    return new SampledToken(id, -0.5, top);
  }

  private GenerationReport report(FinishReason reason) {
    return new GenerationReport(
        reason,
        request.promptTokens().length,
        tokens,
        QUEUE_NANOS,
        tokens > 0 ? QUEUE_NANOS + PREFILL_NANOS : 0,
        QUEUE_NANOS + PREFILL_NANOS + tokens,
        prefilled ? PREFILL : AssignmentCounts.NONE,
        tokens > 0 ? DECODE : AssignmentCounts.NONE,
        GenerationCosts.NONE,
        prefilled ? ScriptedEngine.PLACEMENT_VERSION : 0,
        prefilled ? ScriptedEngine.PLACEMENT_VERSION + 1 : 0);
  }
}
