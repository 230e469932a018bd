package io.fiddler.engine.step;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOverloadedException;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.residency.CopyPace;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.Residency;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import io.fiddler.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that computes: takes what was submitted, drops what was cancelled, moves experts
/// between steps, and runs step after step while there is work. A step that fails ends the
/// generations in it and nothing else; what fails between steps ends the loop, and whoever started
/// it is told.
public final class StepLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepLoop.class);

  private final Scheduler scheduler;
  private final StepRunner runner;
  private final Memory memory;
  private final EngineListener listener;
  private final QueuePlaces places;
  private final Generations generations;
  private final ListenerGuard guard = new ListenerGuard();
  private final SchedulerWatch watch = new SchedulerWatch();
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closing;
  private Consumer<EngineNotReadyException> whenBroken = _ -> {};

  /// The device memory that is shared out between steps.
  ///
  /// @param resident experts and those on their way
  /// @param loans what the key/value cache has borrowed from them
  /// @param pace how fast experts are brought
  public record Memory(ResidentExperts resident, FrameLoans loans, CopyPace pace) {}

  public StepLoop(
      Scheduler scheduler,
      StepRunner runner,
      Memory memory,
      EngineListener listener,
      Limits limits) {
    this.scheduler = scheduler;
    this.runner = runner;
    this.memory = memory;
    this.listener = listener;
    this.places = new QueuePlaces(limits.maxQueued(), limits.queue().maxQueuedPerKey());
    this.generations = new Generations(scheduler, places, guard, listener);
    this.thread = Thread.ofPlatform().name("fiddler-step").unstarted(this::run);
  }

  /// Begins to compute.
  ///
  /// @param whenBroken told on the step thread what ended the loop, if that was not {@link #close},
  ///   before those who wait for it are
  public void start(Consumer<EngineNotReadyException> whenBroken) {
    this.whenBroken = whenBroken;
    thread.start();
  }

  /// Queues a generation. Callable from any thread.
  ///
  /// @throws EngineOverloadedException if the queue is full, or has enough of the same key
  public void submit(ActiveGeneration generation) {
    String key = generation.request().origin().key();
    places.take(key);
    try {
      enqueue(() -> begin(generation));
    } catch (EngineNotReadyException e) {
      places.giveBack(key);
      throw e;
    }
  }

  private void begin(ActiveGeneration generation) {
    generations.add(generation);
    try {
      runner.queued(generation);
      scheduler.submit(generation.group());
    } catch (RuntimeException | Error e) {
      generations.fail(generation, e);
    }
  }

  /// Brings residency to a placement. Callable from any thread.
  ///
  /// @param maxBytesPerSecond at least one; `Long.MAX_VALUE` for no cap
  public CompletableFuture<Residency> apply(VersionedPlacement placement, long maxBytesPerSecond) {
    CompletableFuture<Residency> done = new CompletableFuture<>();
    // Attached first, so that counting begins anew on the step thread, before the next step.
    CompletableFuture<Residency> placed =
        done.thenApply(residency -> {
          runner.countFor(placement.version());
          return residency;
        });
    enqueue(() -> memory.resident().begin(placement, maxBytesPerSecond, done));
    return placed;
  }

  /// Runs `work` on the step thread between steps. Callable from any thread.
  public <T> CompletableFuture<T> between(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    enqueue(() -> {
      try {
        done.complete(work.get());
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  /// Generations that run or wait. Called on the step thread.
  public int numGenerations() {
    return generations.size();
  }

  /// Makes the loop look at its work again. Callable from any thread.
  public void wake() {
    LockSupport.unpark(thread);
  }

  private void enqueue(Runnable command) {
    commands.add(command);
    // A command that the loop has taken nevertheless is ended by the loop.
    if (closing && commands.remove(command)) {
      throw new EngineNotReadyException("the engine is closing");
    }
    wake();
  }

  private void run() {
    EngineNotReadyException reason = new EngineNotReadyException("the engine was closed");
    try {
      work();
    } catch (RuntimeException | Error e) {
      EngineNotReadyException broken =
          new EngineNotReadyException("the engine broke and must be restarted: " + e, e);
      reason = broken;
      guard.tell("the end of the loop", () -> whenBroken.accept(broken));
      guard.tell("the log of its end", () -> LOG.error("The step loop broke", e));
    } finally {
      end(reason);
    }
  }

  /// Nobody may wait for a thread that is gone, whatever else goes wrong.
  private void end(EngineNotReadyException reason) {
    closing = true;
    while (!commands.isEmpty()) {
      guard.tell("the last commands", this::runCommands);
    }
    generations.endAll(reason);
    guard.tell("the end of a placement", () -> memory.resident().giveUp(reason));
  }

  private void work() {
    while (!closing) {
      runCommands();
      generations.endWhatIsOver(StepClock.nanos());
      Batch batch = scheduler.next(StepClock.nanos());
      memory.loans().giveBack();
      int rows = batch.rows();
      memory.resident().advance(rows == 0 ? memory.pace().idle() : memory.pace().beside(rows));
      if (rows > 0) {
        step(batch);
      } else if (commands.isEmpty() && !closing) {
        rest();
      }
    }
  }

  private void rest() {
    if (memory.resident().isChanging()) {
      LockSupport.parkNanos(this, memory.resident().restNanos());
      return;
    }
    guard.tell("rest", listener::onIdle);
    long nanos = memory.loans().nanosUntilReturn();
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
    }
  }

  private void step(Batch batch) {
    List<ActiveGeneration> taking = new ArrayList<>(batch.chunks().size());
    for (Chunk chunk : batch.chunks()) {
      taking.add(generations.of(chunk.sequence().group()));
    }
    taking.forEach(generations::leaveQueue);
    try {
      StepRunner.Result result = runner.run(batch, taking, scheduler::done);
      memory.pace().stepped(batch.rows(), result.stepNanos());
      result.ends().finished().forEach(generations::finish);
      result.ends().failed().forEach(generations::fail);
      StepReport report = result.report(watch.since(scheduler));
      guard.tell("a step", () -> listener.onStep(report));
      guard.tell("a timeline", result.reportTimeline());
    } catch (RuntimeException | Error e) {
      // One step's failure must not take the service along: its requests fail, the others go on.
      taking.forEach(generation -> generations.fail(generation, e));
      guard.tell(
          "the log of a failed step",
          () ->
              LOG.error(
                  "A step of {} rows failed; its requests ended with an error", batch.rows(), e));
    }
  }

  /// Ends what is running and the thread; a second call does nothing.
  @Override
  public void close() {
    closing = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
