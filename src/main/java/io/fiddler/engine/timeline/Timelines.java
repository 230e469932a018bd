package io.fiddler.engine.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides which steps are recorded: every so many-th, and those that a trace was asked for. Used
/// from the step thread, except {@link #trace}.
public final class Timelines {
  /// A step is some hundred intervals.
  public static final int MAX_TRACE_STEPS = 256;

  private final int every;
  private final Consumer<RecordedStep> observer;
  private final AtomicReference<@Nullable Trace> trace = new AtomicReference<>();
  private @Nullable StepTimeline current;
  private long steps;

  /// Steps that are recorded until there are enough.
  private record Trace(
      int steps, List<RecordedStep> recorded, CompletableFuture<List<LaneInterval>> done) {}

  /// @param every one step in so many is recorded; 0 for none, also on request
  /// @param observer told each recorded step
  public Timelines(int every, Consumer<RecordedStep> observer) {
    this.every = every;
    this.observer = observer;
  }

  /// Nothing is recorded.
  public static Timelines off() {
    return new Timelines(0, step -> {});
  }

  /// Records the next steps. Callable from any thread. Cancelling the future gives the trace up.
  ///
  /// @param count how many steps, in [1, {@value #MAX_TRACE_STEPS}]
  /// @return their intervals, once they were done
  /// @throws IllegalArgumentException if the number is not allowed
  /// @throws IllegalStateException if recording is off or another trace is under way
  public CompletableFuture<List<LaneInterval>> trace(int count) {
    if (count < 1 || count > MAX_TRACE_STEPS) {
      throw new IllegalArgumentException(
          "steps must be in [1, %d], got %d".formatted(MAX_TRACE_STEPS, count));
    }
    if (every == 0) {
      throw new IllegalStateException("the timeline is off: fiddler.dispatch.timeline-every is 0");
    }
    Trace asked = new Trace(count, new ArrayList<>(), new CompletableFuture<>());
    Trace other = trace.get();
    if ((other != null && !other.done().isDone()) || !trace.compareAndSet(other, asked)) {
      throw new IllegalStateException("another trace is being recorded; try again when it is done");
    }
    return asked.done();
  }

  /// A step begins; one that was not ended is forgotten.
  ///
  /// @return where its lanes note what they do
  public LaneRecorder begin() {
    steps++;
    boolean sampled = every > 0 && steps % every == 0;
    current = sampled || isTracing() ? new StepTimeline() : null;
    return current == null ? LaneRecorder.OFF : current;
  }

  private boolean isTracing() {
    Trace asked = trace.get();
    return asked != null && !asked.done().isDone();
  }

  /// The step that began last has ended.
  public void end(int prefillRows, int decodeRows, long startNanos, long endNanos) {
    StepTimeline timeline = current;
    if (timeline == null) {
      return;
    }
    current = null;
    timeline.interval(TimelineLane.STEP, step(prefillRows, decodeRows), startNanos, endNanos);
    RecordedStep recorded =
        new RecordedStep(prefillRows, decodeRows, startNanos, endNanos, timeline.finish());
    observer.accept(recorded);
    Trace asked = trace.get();
    if (asked != null && !asked.done().isDone()) {
      add(asked, recorded);
    }
  }

  private static LaneWork step(int prefillRows, int decodeRows) {
    String name = "step of %d prompt and %d decode rows".formatted(prefillRows, decodeRows);
    return LaneWork.of(name, -1, prefillRows + decodeRows);
  }

  private void add(Trace asked, RecordedStep step) {
    asked.recorded().add(step);
    if (asked.recorded().size() == asked.steps()) {
      trace.compareAndSet(asked, null);
      asked
          .done()
          .complete(asked.recorded().stream().flatMap(s -> s.intervals().stream()).toList());
    }
  }

  /// Ends a trace that was asked for: no further steps come.
  public void close() {
    Trace asked = trace.getAndSet(null);
    if (asked != null) {
      asked.done().completeExceptionally(new IllegalStateException("the engine was closed"));
    }
  }
}
