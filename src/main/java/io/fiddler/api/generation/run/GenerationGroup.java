package io.fiddler.api.generation.run;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/// The generations of one request. Their events arrive on the engine's step thread, which only puts
/// them into a queue; they come out on `answers`. The queue has no bound of its own because it has
/// one anyway: a request's `max_tokens` times its choices, a few dozen bytes each. A client that
/// reads slowly therefore holds up neither the step nor much memory.
public final class GenerationGroup {
  private final Engine engine;
  private final IntFunction<GenerationRequest> requests;
  private final RequestAccount account;
  private final List<Generation> submitted = new ArrayList<>();
  private final BitSet cancelled = new BitSet();
  private final AtomicInteger running;
  private final Sinks.Many<GenerationEvent> events = Sinks.many().unicast().onBackpressureBuffer();
  private final int size;

  /// @param size how many generations
  /// @param requests what each is to do
  /// @param account hears how each ended
  public GenerationGroup(
      Engine engine, int size, IntFunction<GenerationRequest> requests, RequestAccount account) {
    this.engine = engine;
    this.size = size;
    this.requests = requests;
    this.account = account;
    this.running = new AtomicInteger(size);
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
        .doOnCancel(() -> left.set(true))
        // An event that meets the cancellation finds its worker gone; nobody waits for it.
        .onErrorResume(
            RejectedExecutionException.class,
            failure -> left.get() ? Flux.never() : Flux.error(failure));
  }

  /// Cancels one generation.
  public void cancel(int choice) {
    Generation generation;
    synchronized (submitted) {
      cancelled.set(choice);
      generation = choice < submitted.size() ? submitted.get(choice) : null;
    }
    cancel(generation);
  }

  private void cancelAll() {
    for (int choice = 0; choice < size; choice++) {
      cancel(choice);
    }
  }

  private Flux<GenerationEvent> submitAll() {
    try {
      for (int choice = 0; choice < size && account.submitting(); choice++) {
        submit(choice);
      }
    } catch (LinkageError | VirtualMachineError | RuntimeException e) {
      cancelAll();
      return Flux.error(FatalErrors.asException(e));
    }
    return events.asFlux().doOnCancel(this::cancelAll);
  }

  private void submit(int choice) {
    Generation generation;
    try {
      generation = engine.submit(requests.apply(choice), new Listener(choice));
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
      tooLate = cancelled.get(choice);
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
  /// on is one that nobody waits for: the queue has room for all, and only cancelling closes it.
  private final class Listener implements GenerationListener {
    private final int choice;

    Listener(int choice) {
      this.choice = choice;
    }

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {
      events.tryEmitNext(new GenerationEvent.Prefilled(choice, report, promptLogprobs));
    }

    @Override
    public void onToken(SampledToken token) {
      events.tryEmitNext(new GenerationEvent.Generated(choice, token));
    }

    @Override
    public void onFinish(GenerationReport report) {
      end(new GenerationEvent.Finished(choice, report), report);
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      end(new GenerationEvent.Failed(choice, failure, report), report);
    }

    private void end(GenerationEvent event, GenerationReport report) {
      events.tryEmitNext(event);
      account.ended(choice, report);
      if (running.decrementAndGet() == 0) {
        events.tryEmitComplete();
      }
    }
  }
}
