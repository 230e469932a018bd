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
}
