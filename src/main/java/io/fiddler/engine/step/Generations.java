package io.fiddler.engine.step;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineTimeoutException;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.TraceReport;
import io.fiddler.scheduler.Scheduler;
import io.fiddler.scheduler.SequenceGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The generations that wait or run, and how each of them ends: it leaves the scheduler and the
/// queue, then those who listen to it and to the engine are told. Used from the step thread.
final class Generations {
  private final Scheduler scheduler;
  private final QueuePlaces places;
  private final ListenerGuard guard;
  private final EngineListener listener;
  private final Map<SequenceGroup, ActiveGeneration> here = new HashMap<>();

  /// @param places where each holds one until it has begun or ended
  Generations(
      Scheduler scheduler, QueuePlaces places, ListenerGuard guard, EngineListener listener) {
    this.scheduler = scheduler;
    this.places = places;
    this.guard = guard;
    this.listener = listener;
  }

  /// How many there are.
  int size() {
    return here.size();
  }

  /// It is here until it ends.
  void add(ActiveGeneration generation) {
    here.put(generation.group(), generation);
  }

  /// Whose group it is.
  ActiveGeneration of(SequenceGroup group) {
    ActiveGeneration generation = here.get(group);
    if (generation == null) {
      throw new IllegalStateException("a group of no generation is computed");
    }
    return generation;
  }

  /// Ends what was cancelled or is late, wherever it is: waiting, in the middle of a prompt, or
  /// decoding.
  void endWhatIsOver(long nowNanos) {
    List<ActiveGeneration> cancelled =
        here.values().stream().filter(ActiveGeneration::isCancelled).toList();
    cancelled.forEach(generation -> finish(generation, FinishReason.CANCELLED));
    for (SequenceGroup late : scheduler.expired(nowNanos)) {
      ActiveGeneration generation = here.get(late);
      if (generation != null) {
        fail(generation, generation.timeout());
      }
    }
  }

  /// It has come to its end; does nothing if it did before.
  void finish(ActiveGeneration generation, FinishReason reason) {
    if (remove(generation)) {
      GenerationReport report = generation.report(reason);
      guard.tell("the end of a generation", () -> generation.listener().onFinish(report));
      ended(generation, report);
    }
  }

  /// It cannot go on; does nothing if it ended before.
  void fail(ActiveGeneration generation, Throwable failure) {
    if (remove(generation)) {
      tellFailure(generation, failure);
    }
  }

  private void tellFailure(ActiveGeneration generation, Throwable failure) {
    boolean late = failure instanceof EngineTimeoutException;
    GenerationReport report = generation.report(late ? FinishReason.TIMEOUT : FinishReason.ERROR);
    guard.tell(
        "the failure of a generation", () -> generation.listener().onFailure(failure, report));
    ended(generation, report);
  }

  /// None can go on, since no step follows. The scheduler is left as it is: it may be what broke.
  void endAll(Throwable failure) {
    List<ActiveGeneration> all = List.copyOf(here.values());
    here.clear();
    for (ActiveGeneration generation : all) {
      leaveQueue(generation);
      tellFailure(generation, failure);
    }
  }

  /// It begins, or ends without having begun.
  void leaveQueue(ActiveGeneration generation) {
    if (generation.leavesQueue()) {
      places.giveBack(generation.request().origin().key());
    }
  }

  private void ended(ActiveGeneration generation, GenerationReport report) {
    guard.tell("the report of a generation", () -> listener.onGeneration(report));
    TraceRecording trace = generation.trace();
    if (trace != null) {
      String tenant = generation.request().origin().tenant();
      guard.tell("a trace", () -> listener.onTrace(new TraceReport(tenant, trace.trace())));
    }
  }

  private boolean remove(ActiveGeneration generation) {
    leaveQueue(generation);
    scheduler.remove(generation.group());
    return here.remove(generation.group()) != null;
  }
}
