package io.fiddler.api.generation.run;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.engine.RefusedRequestException;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/// The generations of one request. Their events arrive on the engine's step thread, which only puts
/// them into a queue; they come out on `answers`. A client that reads slowly holds up neither the
/// step nor memory: when more waits for it than an [EventBuffer] allows, its generations end.
public final class GenerationGroup {
  private final Engine engine;
  private final GenerationCall call;
  private final RequestAccount account;
  private final List<Generation> submitted = new ArrayList<>();
  private final BitSet cancelled = new BitSet();
  private final AtomicInteger running;
  private final Sinks.Many<GenerationEvent> events = Sinks.many().unicast().onBackpressureBuffer();
  private final EventBuffer buffer;
  private final int size;

  /// @param call what they are to do
  /// @param account hears how each ended
  /// @param maxBufferedBytes most bytes of tokens that may wait for the client
  public GenerationGroup(
      Engine engine, GenerationCall call, RequestAccount account, long maxBufferedBytes) {
    this.engine = engine;
    this.call = call;
    this.size = call.numGenerations();
    this.account = account;
    this.running = new AtomicInteger(size);
    this.buffer = new EventBuffer(maxBufferedBytes);
  }

  /// Submits all and gives their events; the end comes after the last event of the last one.
  /// Cancelling cancels them all, wherever they are. To be subscribed once.
  ///
  /// Events are held back until all are submitted: if one is refused, that is the only thing to be
  /// heard, and the request can still be answered with the right status.
  public Flux<GenerationEvent> events(Scheduler answers) {
    AtomicBoolean left = new AtomicBoolean();
    return Flux.defer(this::submitAll)
        .publishOn(answers, false, Queues.SMALL_BUFFER_SIZE)
        .doOnNext(buffer::taken)
        .doOnCancel(() -> left.set(true))
        // An event that meets the cancellation finds its worker gone; nobody waits for it.
        .onErrorResume(
            RejectedExecutionException.class,
            failure -> left.get() ? Flux.never() : Flux.error(failure));
  }

  /// Cancels the generation of a text that needs no more tokens.
  public void cancel(int text) {
    cancelGeneration(text / call.textsAGeneration());
  }

  private void cancelGeneration(int index) {
    Generation generation;
    synchronized (submitted) {
      cancelled.set(index);
      generation = index < submitted.size() ? submitted.get(index) : null;
    }
    cancel(generation);
  }

  private void cancelAll() {
    for (int index = 0; index < size; index++) {
      cancelGeneration(index);
    }
  }

  private Flux<GenerationEvent> submitAll() {
    try {
      for (int index = 0; index < size && account.submitting(); index++) {
        submit(index);
      }
    } catch (LinkageError | VirtualMachineError | RuntimeException e) {
      cancelAll();
      return Flux.error(FatalErrors.asException(e));
    }
    return events.asFlux().doOnCancel(this::cancelAll);
  }

  private void submit(int index) {
    Generation generation;
    try {
      generation = engine.submit(call.generation(index), new Listener(index));
    } catch (RefusedRequestException e) {
      account.notSubmitted();
      throw EngineRefusal.of(e, call);
    } catch (IllegalArgumentException e) {
      account.notSubmitted();
      throw ApiError.invalid(null, "invalid_value", String.valueOf(e.getMessage())).asException();
    } catch (Throwable e) {
      account.notSubmitted();
      throw e;
    }
    boolean tooLate;
    synchronized (submitted) {
      submitted.add(generation);
      tooLate = cancelled.get(index);
    }
    if (tooLate) {
      cancel(generation);
    }
  }

  private static void cancel(@Nullable Generation generation) {
    if (generation != null) {
      generation.cancel();
    }
  }

  /// Runs on the step thread: nothing here waits, computes or throws. An event that cannot be given
  /// on is one that nobody waits for: only cancelling closes the queue, and a client too slow for
  /// it.
  private final class Listener implements GenerationListener {
    private final int index;
    private final int firstText;
    private final int texts;

    /// Texts that are at their end.
    private int found;

    Listener(int index) {
      this.index = index;
      this.texts = call.textsAGeneration();
      this.firstText = index * texts;
    }

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {
      for (int text = firstText; text < firstText + texts; text++) {
        events.tryEmitNext(new GenerationEvent.Prefilled(text, report, promptLogprobs));
      }
    }

    @Override
    public void onToken(SampledToken token) {
      GenerationEvent event = new GenerationEvent.Generated(firstText, token);
      if (buffer.add(event)) {
        events.tryEmitNext(event);
      } else {
        // The client hears of it behind what waits for it.
        events.tryEmitError(buffer.overflow());
        cancelAll();
      }
    }

    @Override
    public void onBeams(List<BeamHypothesis> hypotheses) {
      for (; found < Math.min(texts, hypotheses.size()); found++) {
        events.tryEmitNext(new GenerationEvent.Found(firstText + found, hypotheses.get(found)));
      }
    }

    @Override
    public void onFinish(GenerationReport report) {
      for (int text = firstText + found; text < firstText + texts; text++) {
        events.tryEmitNext(new GenerationEvent.Finished(text, report));
      }
      end(report);
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      events.tryEmitNext(new GenerationEvent.Failed(firstText, failure, report));
      end(report);
    }

    private void end(GenerationReport report) {
      account.ended(index, report);
      if (running.decrementAndGet() == 0) {
        events.tryEmitComplete();
      }
    }
  }
}
