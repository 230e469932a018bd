package io.fiddler.learning.simulation;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.placement.simulation.StepRest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Measures steps for simulations: what they take beside their experts, and how fast they have been
/// since the placement in force was applied. Thread-safe.
///
/// The rest of a step is its time without the time in which at least one lane was busy with an
/// expert, of the steps whose lanes are recorded (`fiddler.dispatch.timeline-every`): the mean of
/// the latest in each class of rows (1, 2, 3-4, 5-8 ...), since what is predicted are means, too.
/// It depends on no model.
public final class StepMeter implements EngineListener {
  private static final int LATEST = 256;
  private static final int CLASSES = 32;

  private final Clock clock;
  private final @Nullable Window[] rests = new @Nullable Window[CLASSES];
  private @Nullable Totals sincePlacement;

  /// @param clock tells since when a placement is in force
  public StepMeter(Clock clock) {
    this.clock = clock;
  }

  /// Steps since a placement came into force.
  ///
  /// @param placementVersion which
  /// @param since when its first step ended
  /// @param decodingSteps steps with generated tokens
  /// @param decodeRows generated tokens computed
  /// @param decodingNanos time of those steps
  /// @param promptRows prompt tokens of the steps without generated ones
  /// @param promptNanos time of those steps
  public record Totals(
      long placementVersion,
      Instant since,
      long decodingSteps,
      long decodeRows,
      long decodingNanos,
      long promptRows,
      long promptNanos) {
    private Totals plus(StepReport step) {
      boolean decodes = step.decodeRows() > 0;
      return new Totals(
          placementVersion,
          since,
          decodingSteps + (decodes ? 1 : 0),
          decodeRows + step.decodeRows(),
          decodingNanos + (decodes ? step.stepNanos() : 0),
          promptRows + (decodes ? 0 : step.prefillRows()),
          promptNanos + (decodes ? 0 : step.stepNanos()));
    }

    /// Generated tokens over the time of the steps that decode; null if there was none.
    public @Nullable Double tokensPerSecond() {
      return decodeRows == 0 ? null : decodeRows * 1e9 / decodingNanos;
    }

    /// Prompt tokens over the time of the steps that only read prompts; null if there was none.
    public @Nullable Double promptTokensPerSecond() {
      return promptRows == 0 ? null : promptRows * 1e9 / promptNanos;
    }

    /// Requests that decoded together, on average and rounded; 1 at least.
    public int concurrency() {
      return decodingSteps == 0
          ? 1
          : (int) Math.max(1, Math.round((double) decodeRows / decodingSteps));
    }
  }

  /// The latest rests of a class.
  private static final class Window {
    private final double[] nanos = new double[LATEST];
    private final int[] rows = new int[LATEST];
    private long count;

    void add(int newRows, long newNanos) {
      int at = (int) (count++ % LATEST);
      nanos[at] = newNanos;
      rows[at] = newRows;
    }

    StepRest.Point point() {
      int length = (int) Math.min(count, LATEST);
      return new StepRest.Point(
          Arrays.stream(rows, 0, length).average().orElseThrow(),
          Arrays.stream(nanos, 0, length).average().orElseThrow());
    }
  }

  @Override
  public synchronized void onTimeline(TimelineReport report) {
    if (report.rows() < 1) {
      return;
    }
    int of = Integer.SIZE - Integer.numberOfLeadingZeros(report.rows() - 1);
    Window window = rests[of];
    if (window == null) {
      window = new Window();
      rests[of] = window;
    }
    window.add(report.rows(), Math.max(0, report.stepNanos() - report.expertNanos()));
  }

  @Override
  public synchronized void onStep(StepReport report) {
    Totals totals = sincePlacement;
    if (totals == null || totals.placementVersion() != report.placementVersion()) {
      totals = new Totals(report.placementVersion(), clock.instant(), 0, 0, 0, 0, 0);
    }
    sincePlacement = totals.plus(report);
  }

  /// What steps take beside their experts; without points before the first step that was recorded.
  public synchronized StepRest rest() {
    List<StepRest.Point> points = new ArrayList<>();
    for (Window window : rests) {
      if (window != null) {
        points.add(window.point());
      }
    }
    return new StepRest(points);
  }

  /// Steps since the placement came into force; empty before the first.
  public synchronized Optional<Totals> sincePlacement() {
    return Optional.ofNullable(sincePlacement);
  }
}
