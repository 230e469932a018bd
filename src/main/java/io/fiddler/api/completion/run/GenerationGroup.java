package io.fiddler.api.completion.run;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
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
  /// All are submitted on the thread that then gives the events: so if one is refused, that is the
  /// first thing to be heard, and the request can still be answered with the right status.
  public Flux<GenerationEvent> events(Scheduler answers) {
    return Flux.using(
        () -> Schedulers.single(answers),
        thread ->
            Flux.<GenerationEvent>create(this::submitAll, FluxSink.OverflowStrategy.BUFFER)
                .subscribeOn(thread)
                .publishOn(thread, false, Queues.SMALL_BUFFER_SIZE),
        Scheduler::dispose);
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

  private void submitAll(FluxSink<GenerationEvent> sink) {
    sink.onDispose(this::cancelAll);
    try {
      for (int choice = 0; choice < size && account.submitting(); choice++) {
        submit(choice, sink);
      }
    } catch (LinkageError | VirtualMachineError | RuntimeException e) {
      sink.error(FatalErrors.asException(e));
    }
  }

  private void submit(int choice, FluxSink<GenerationEvent> sink) {
    Generation generation;
    try {
      generation = engine.submit(requests.apply(choice), new Listener(choice, sink));
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

  /// Runs on the step thread: nothing here waits, computes or throws.
  private final class Listener implements GenerationListener {
    private final int choice;
    private final FluxSink<GenerationEvent> sink;

    Listener(int choice, FluxSink<GenerationEvent> sink) {
      this.choice = choice;
      this.sink = sink;
    }

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {
      sink.next(new GenerationEvent.Prefilled(choice, report, promptLogprobs));
    }

    @Override
    public void onToken(SampledToken token) {
      sink.next(new GenerationEvent.Generated(choice, token));
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
      sink.next(event);
      account.ended(choice, report);
      if (running.decrementAndGet() == 0) {
        sink.complete();
      }
    }
  }
}
