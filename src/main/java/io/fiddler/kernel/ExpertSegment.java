package io.fiddler.kernel;

import io.fiddler.tensor.Matrix;
import java.util.List;

/// Computes experts on one side, host or device; all memory it is given is of that side.
public interface ExpertSegment {
  /// Runs `tasks`, each for rows `[firstRow, firstRow + rowCount)` of the grouped order, in which
  /// grouped row `g` is `normed[rowOfGrouped[g]]`. Several tasks run as one parallel region. Tasks
  /// of one call write disjoint rows of `out`, unless a later one continues an earlier one by
  /// `ADD`; then they run in order.
  ///
  /// @param tasks what to compute
  /// @param normed input rows F32 `[rows, hiddenSize]`
  /// @param rowOfGrouped which input row each grouped row is
  /// @param out results F32 `[outRows, hiddenSize]`
  void experts(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out);

  /// Begins {@link #experts} and returns at once, so that the caller can submit work to other lanes
  /// while the tasks are computed. Nothing that is handed over may change before {@link
  /// Started#finish}, which must be called exactly once, from the same thread, before anything else
  /// is asked of this side.
  ///
  /// Unless overridden, everything happens in `finish`.
  default Started begin(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    return new Deferred(() -> experts(tasks, normed, rowOfGrouped, out));
  }

  /// Tasks that were begun.
  interface Started {
    /// Returns when the results are there.
    ///
    /// @throws RuntimeException what the computation threw (an Error as it is)
    void finish();

    /// When the computation began, on the clock of {@link System#nanoTime}; valid after `finish`.
    long startNanos();

    /// When it ended; valid after `finish`.
    long endNanos();
  }
}
