package io.fiddler.kernel;

import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;

/// Some slices of one expert for the rows routed to it. With `h_s = silu(gate_s x) * up_s x` and
/// `y_s = down_s h_s`, the result of a row is `y_0 + y_1 + ...` in order of the slices, each sum
/// rounded to float32, so that it is the same bits however the slices were spread over tasks and
/// sides.
///
/// @param format how the bytes lie
/// @param slices `numSlices` consecutive slices, in the memory of the side that computes
/// @param numSlices how many
/// @param firstRow first of its rows in the grouped order, see {@link ExpertSegment#experts}
/// @param rowCount how many rows
/// @param outRow first row of the output
/// @param output what to do with the result
public record ExpertTask(
    ExpertFormat format,
    MemoryView slices,
    int numSlices,
    int firstRow,
    int rowCount,
    int outRow,
    Output output) {
  /// How results are written.
  public enum Output {
    /// `out[outRow + r] = sum over slices`.
    SET,
    /// `out[outRow + r] = (out[outRow + r] + y_0) + y_1 ...`, continuing the sum of earlier slices.
    ADD,
    /// `out[outRow + s * rowCount + r] = y_s`: each slice by itself, to be added later in order.
    SEPARATE
  }

  /// Rows of the output that it writes.
  public int outRows() {
    return output == Output.SEPARATE ? numSlices * rowCount : rowCount;
  }
}
