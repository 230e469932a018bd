package io.fiddler.engine.step;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineTimeoutException;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.PrefillReport;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.AtomicActivationCounters.Tally;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Way;
import io.fiddler.kvcache.PrefixChain;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.Sampler;
import io.fiddler.scheduler.Sequence;
import io.fiddler.scheduler.SequenceGroup;
import io.fiddler.scheduler.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One generation from submission to its end: what it asked for, its sequences and what chooses
/// their tokens, and its account. Used from the step thread, except {@link #cancel}.
public final class ActiveGeneration implements Generation {
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final SequenceGroup group;
  private final Continuation continuation;
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
  private boolean holdsPlace = true;
  private long hostNanos;
  private long streamedBytes;
  private long firstPlacementVersion;
  private long lastPlacementVersion;

  /// A generation that has not started.
  ///
  /// @param stopTokenIds tokens that end it
  /// @param limits how long it may take, and with whom it shares cached blocks
  /// @param wake called when the step loop should look at it again
  public ActiveGeneration(
      GenerationRequest request,
      GenerationListener listener,
      Set<Integer> stopTokenIds,
      Limits limits,
      Runnable wake) {
    this.request = request;
    this.listener = listener;
    Set<Integer> stops = request.ignoreEos() ? Set.of() : stopTokenIds;
    int width =
        switch (request.decoding()) {
          case Decoding.Sampled _ -> 1;
          case Decoding.Beams beams -> beams.parameters().width();
        };
    this.group =
        new SequenceGroup(
            request.promptTokens(),
            request.maxTokens(),
            width,
            standing(request.origin(), limits),
            prefixes(request.origin(), limits),
            // Whoever wants the prompt's log-probabilities wants all of it computed.
            !request.promptLogprobs());
    this.continuation =
        switch (request.decoding()) {
          case Decoding.Sampled sampled ->
              new SampledContinuation(request, sampled, stops, group, listener);
          case Decoding.Beams beams ->
              new BeamContinuation(request, beams.parameters(), stops, group, listener);
        };
    this.wake = wake;
  }

  private static Standing standing(Origin origin, Limits limits) {
    Duration own = origin.timeout();
    Duration timeout = own == null ? limits.queue().requestTimeout() : own;
    long now = StepClock.nanos();
    boolean forever = own == null && timeout.isZero();
    long deadline = forever ? Standing.NO_DEADLINE : now + TimeUnit.NANOSECONDS.convert(timeout);
    // A time beyond the end of the clock is none.
    return new Standing(
        origin.key(), origin.priority(), now, deadline < now ? Standing.NO_DEADLINE : deadline);
  }

  private static @Nullable PrefixChain prefixes(Origin origin, Limits limits) {
    return switch (limits.prefixCache()) {
      case OFF -> null;
      case SPACE -> new PrefixChain(origin.cacheSpace(), CacheRoom.BLOCK_TOKENS);
      case SHARED -> new PrefixChain("", CacheRoom.BLOCK_TOKENS);
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

  SequenceGroup group() {
    return group;
  }

  /// It is queued.
  ///
  /// @param recording where its choices are recorded; null if it is not traced
  void queued(@Nullable TraceRecording recording) {
    trace = recording;
    if (recording != null) {
      // What is not computed cannot be recorded.
      group.takeNothing();
    }
  }

  /// A step that it takes part in begins.
  void onStep(long placementVersion, long nowNanos) {
    if (!started) {
      started = true;
      startedNanos = nowNanos;
      firstPlacementVersion = placementVersion;
    }
    lastPlacementVersion = placementVersion;
  }

  /// Whether it leaves the queue now, having begun or ended: true once.
  boolean leavesQueue() {
    boolean leaves = holdsPlace;
    holdsPlace = false;
    return leaves;
  }

  /// Its share of a step.
  void charge(long stepHostNanos, long stepStreamedBytes) {
    hostNanos += stepHostNanos;
    streamedBytes += stepStreamedBytes;
  }

  private GenerationCosts costs() {
    return new GenerationCosts(group.cachedPromptTokens(), hostNanos, streamedBytes);
  }

  /// What is said when its time is over.
  EngineTimeoutException timeout() {
    long millis = (StepClock.nanos() - group.standing().arrivedNanos()) / 1_000_000;
    String where =
        !started
            ? "before its first step"
            : continuation.generated() == 0
                ? "while its prompt was read"
                : "after %d of %d tokens".formatted(continuation.generated(), request.maxTokens());
    return new EngineTimeoutException(
        "the time for this request was over after %d ms, %s (fiddler.engine.request-timeout)"
            .formatted(millis, where));
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

  /// Whether the log-probability of the prompt's token after `position` is wanted and not yet
  /// known.
  boolean scores(int position) {
    return request.promptLogprobs()
        && position < request.promptTokens().length - 1
        && position >= promptLogprobs.size();
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
            costs(),
            firstPlacementVersion);
    listener.onPrefill(report, promptLogprobs);
  }

  /// Goes on from the logits of a sequence's last row, once those of all its sequences are there.
  ///
  /// @return why it has ended; null if it goes on
  @Nullable FinishReason next(
      Sequence sequence, float[] logits, int offset, int length, long nowNanos) {
    FinishReason end = continuation.next(sequence, logits, offset, length);
    if (firstTokenNanos == 0 && continuation.generated() > 0) {
      firstTokenNanos = nowNanos - submittedNanos;
    }
    return end;
  }

  GenerationReport report(FinishReason reason) {
    long now = System.nanoTime();
    return new GenerationReport(
        reason,
        request.promptTokens().length,
        continuation.generated(),
        (started ? startedNanos : now) - submittedNanos,
        firstTokenNanos,
        now - submittedNanos,
        counts(Phase.PREFILL),
        counts(Phase.DECODE),
        costs(),
        firstPlacementVersion,
        lastPlacementVersion);
  }

  private AssignmentCounts counts(Phase phase) {
    return AssignmentCounts.of(assignments[phase.ordinal()]);
  }
}
