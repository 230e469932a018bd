package io.fiddler.engine.step;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.PrefillReport;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.AtomicActivationCounters.Tally;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Way;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.Sampler;
import io.fiddler.scheduler.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One generation from submission to its end: what it asked for, its sequence and sampler, and its
/// account. Used from the step thread, except {@link #cancel}.
public final class ActiveGeneration implements Generation {
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final Set<Integer> stopTokenIds;
  private final Sequence sequence;
  private final Sampler sampler;
  private final Runnable wake;
  private final long submittedNanos = System.nanoTime();
  private final List<SampledToken> promptLogprobs = new ArrayList<>();
  private final long[][] assignments = new long[Phase.values().length][Way.values().length];

  private volatile boolean cancelled;
  private boolean started;
  private long startedNanos;
  private long firstTokenNanos;
  private @Nullable Tally tally;
  private @Nullable TraceRecording trace;
  private int generated;
  private int lastToken;
  private long firstPlacementVersion;
  private long lastPlacementVersion;

  /// A generation that has not started.
  ///
  /// @param stopTokenIds tokens that end it
  /// @param wake called when the step loop should look at it again
  public ActiveGeneration(
      GenerationRequest request,
      GenerationListener listener,
      Set<Integer> stopTokenIds,
      Runnable wake) {
    this.request = request;
    this.listener = listener;
    this.stopTokenIds = stopTokenIds;
    this.sequence = new Sequence(request.promptTokens().length, request.maxTokens());
    this.sampler = sampler(request);
    this.wake = wake;
  }

  private static Sampler sampler(GenerationRequest request) {
    return switch (request.decoding()) {
      case Decoding.Sampled sampled ->
          Sampler.of(
              sampled.parameters(),
              sampled.constraint() == null ? null : sampled.constraint().get(),
              request.promptTokens(),
              request.topLogprobs());
    };
  }

  @Override
  public void cancel() {
    cancelled = true;
    wake.run();
  }

  boolean isCancelled() {
    return cancelled;
  }

  GenerationRequest request() {
    return request;
  }

  GenerationListener listener() {
    return listener;
  }

  Sequence sequence() {
    return sequence;
  }

  /// The token at a position that is to be computed.
  int tokenAt(int position) {
    return position < request.promptTokens().length ? request.promptTokens()[position] : lastToken;
  }

  /// A step that it takes part in begins.
  ///
  /// @param traces whether it is traced is decided at the first
  void onStep(long placementVersion, long nowNanos, TraceSampling traces) {
    if (!started) {
      started = true;
      startedNanos = nowNanos;
      trace = traces.begin(request.promptTokens().length);
      firstPlacementVersion = placementVersion;
    }
    lastPlacementVersion = placementVersion;
  }

  /// Where its choices are counted for its tenant.
  Tally tally(AtomicActivationCounters activations) {
    if (tally == null) {
      tally = activations.of(request.origin().tenant());
    }
    return tally;
  }

  /// Its assignments of a phase, `[way.ordinal()]`, to be counted up.
  long[] assignments(Phase phase) {
    return assignments[phase.ordinal()];
  }

  /// Where its choices are recorded; null if it is not traced.
  @Nullable TraceRecording trace() {
    return trace;
  }

  /// Takes the log-probability of the prompt's token after `position`, whose logits these are.
  void scorePrompt(int position, float[] logits, int offset, int length) {
    int next = request.promptTokens()[position + 1];
    promptLogprobs.add(Sampler.score(logits, offset, length, next, request.topLogprobs()));
  }

  /// The prompt has been read.
  void prefillDone(long nowNanos) {
    PrefillReport report =
        new PrefillReport(
            startedNanos - submittedNanos,
            nowNanos - startedNanos,
            counts(Phase.PREFILL),
            GenerationCosts.NONE,
            firstPlacementVersion);
    listener.onPrefill(report, promptLogprobs);
  }

  /// Chooses the next token; null-free: a stop token is a token too.
  SampledToken sample(float[] logits, int offset, int length) {
    return sampler.sample(logits, offset, length);
  }

  /// Takes a token and tells the listener, unless it ends the generation.
  ///
  /// @return whether the generation has ended, and why
  Outcome accept(SampledToken token, long nowNanos) {
    if (!request.ignoreEos() && stopTokenIds.contains(token.tokenId())) {
      return Outcome.STOPPED;
    }
    if (generated == 0) {
      firstTokenNanos = nowNanos - submittedNanos;
    }
    generated++;
    lastToken = token.tokenId();
    listener.onToken(token);
    if (sampler.isFinished()) {
      return Outcome.STOPPED;
    }
    return generated >= request.maxTokens() ? Outcome.FULL : Outcome.RUNNING;
  }

  /// How a generation stands after a token.
  enum Outcome {
    /// More tokens are to come.
    RUNNING,
    /// A stop token was generated.
    STOPPED,
    /// As many tokens as were asked for.
    FULL
  }

  GenerationReport report(FinishReason reason) {
    long now = System.nanoTime();
    return new GenerationReport(
        reason,
        request.promptTokens().length,
        generated,
        (started ? startedNanos : now) - submittedNanos,
        firstTokenNanos,
        now - submittedNanos,
        counts(Phase.PREFILL),
        counts(Phase.DECODE),
        GenerationCosts.NONE,
        firstPlacementVersion,
        lastPlacementVersion);
  }

  private AssignmentCounts counts(Phase phase) {
    return AssignmentCounts.of(assignments[phase.ordinal()]);
  }
}
