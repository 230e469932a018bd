package io.fiddler.engine.step;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TouchedExperts;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.timeline.Timelines;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.kernel.StepInput;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.List;

/// Runs one step: lays out its rows, runs the forward pass, counts where each assignment went, and
/// has the {@link NextTokens next tokens} chosen. Used from the step thread.
public final class StepRunner {
  private final ForwardPass forward;
  private final ResidentExperts resident;
  private final ExpertLanes lanes;
  private final StepAccount account;
  private final TraceSampling traces;
  private final Timelines timelines;
  private final NextTokens nextTokens;
  private long countedVersion;
  private volatile PhaseAssignments sincePlacement =
      new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE);

  public StepRunner(
      ForwardPass forward,
      ResidentExperts resident,
      ExpertLanes lanes,
      AtomicActivationCounters activations,
      TraceSampling traces,
      int vocabSize,
      Timelines timelines) {
    this.forward = forward;
    this.resident = resident;
    this.lanes = lanes;
    this.account =
        new StepAccount(
            activations, forward.model().layers().getFirst().experts().format().numSlices());
    this.traces = traces;
    this.timelines = timelines;
    this.nextTokens = new NextTokens(forward, vocabSize);
    this.countedVersion = resident.placement().version();
  }

  /// What a step did.
  ///
  /// @param reportTimeline tells what its lanes did if they were recorded, once it was reported
  /// @param ends generations that ended with it
  record Result(
      int prefillRows,
      int decodeRows,
      PhaseAssignments assignments,
      TouchedExperts touched,
      long streamedBytes,
      long wastedBytes,
      long stepNanos,
      long hostNanos,
      long placementVersion,
      NextTokens.Ends ends,
      Runnable reportTimeline) {
    StepReport report(StepReport.Scheduling scheduling) {
      return new StepReport(
          prefillRows,
          decodeRows,
          assignments.prefill(),
          assignments.decode(),
          touched,
          streamedBytes,
          wastedBytes,
          stepNanos,
          hostNanos,
          scheduling,
          placementVersion);
    }
  }

  /// The forward pass, for tests that look inside.
  ForwardPass forward() {
    return forward;
  }

  /// Assignments since the placement in force was applied. Callable from any thread.
  public PhaseAssignments assignmentsSincePlacement() {
    return sincePlacement;
  }

  /// From now on assignments count for this placement: anew, unless they did already.
  void countFor(long placementVersion) {
    if (placementVersion == countedVersion) {
      return;
    }
    countedVersion = placementVersion;
    sincePlacement = new PhaseAssignments(AssignmentCounts.NONE, AssignmentCounts.NONE);
  }

  /// A generation is queued: whether it is traced is decided.
  void queued(ActiveGeneration generation) {
    // A trace is of one line of tokens.
    boolean beams = generation.group().width() > 1;
    generation.queued(beams ? null : traces.begin(generation.request().promptTokens().length));
  }

  /// Told that the rows of a step were computed.
  @FunctionalInterface
  interface Computed {
    /// They were.
    ///
    /// @param hostNanos of each chunk
    void done(Batch batch, long[] hostNanos);
  }

  /// Runs the step of `batch`, whose chunks belong to `generations` in the same order.
  ///
  /// @param computed called when all rows are, before a token is chosen
  Result run(Batch batch, List<ActiveGeneration> generations, Computed computed) {
    long start = System.nanoTime();
    long streamedBefore = lanes.streamedBytes();
    long wastedBefore = lanes.wastedBytes();
    long hostBefore = lanes.hostNanos();
    long version = resident.residency().placementVersion();
    generations.forEach(generation -> generation.onStep(version, start));

    StepInput input = input(batch, generations);
    forward.record(timelines.begin());
    forward.copy(batch.copies());
    account.begin(generations.size());
    forward.run(
        input,
        (layer, routing, decisions) ->
            account.layer(batch, generations, layer, routing, decisions));
    PhaseAssignments assignments = account.assignments();
    sincePlacement =
        new PhaseAssignments(
            sincePlacement.prefill().plus(assignments.prefill()),
            sincePlacement.decode().plus(assignments.decode()));

    int prefillRows = batch.chunks().stream().filter(Chunk::isPrefill).mapToInt(Chunk::count).sum();
    long hostNanos = lanes.hostNanos() - hostBefore;
    long streamedBytes = lanes.streamedBytes() - streamedBefore;
    computed.done(batch, account.share(generations, hostNanos, streamedBytes));
    NextTokens.Ends ends = nextTokens.choose(batch, generations, input.rows());
    long end = System.nanoTime();
    return new Result(
        prefillRows,
        batch.rows() - prefillRows,
        assignments,
        account.touched(),
        streamedBytes,
        lanes.wastedBytes() - wastedBefore,
        end - start,
        hostNanos,
        version,
        ends,
        () -> timelines.end(prefillRows, batch.rows() - prefillRows, start, end));
  }

  private static StepInput input(Batch batch, List<ActiveGeneration> generations) {
    int rows = batch.rows();
    int[] tokens = new int[rows];
    int[] positions = new int[rows];
    int[] sequenceOfRow = new int[rows];
    int[][] blockTables = new int[generations.size()][];
    int row = 0;
    for (int s = 0; s < generations.size(); s++) {
      Chunk chunk = batch.chunks().get(s);
      blockTables[s] = chunk.sequence().blocks().blocks();
      for (int i = 0; i < chunk.count(); i++) {
        positions[row] = chunk.from() + i;
        tokens[row] = chunk.sequence().token(chunk.from() + i);
        sequenceOfRow[row++] = s;
      }
    }
    return new StepInput(tokens, positions, sequenceOfRow, blockTables);
  }
}
