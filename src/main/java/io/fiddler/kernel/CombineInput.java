package io.fiddler.kernel;

/// How the parts of expert results add up to rows. Assignment `a` (one row and one of its experts;
/// rows in order, the experts of a row in order of their id) has the result `parts[firstPart[a]] +
/// parts[nextPart[a]] + parts[nextPart[a] + stride[a]] + ...` with `nextCount[a]` terms after the
/// first, added in that order; the row becomes `x[row] += weight[a0] * result(a0) + weight[a1] *
/// result(a1) ...`, the sum over experts formed first, in order.
///
/// @param topK assignments a row
/// @param firstPart row of `parts` `[rows * topK]`
/// @param nextPart row of the first further part, meaningless if there is none
/// @param stride distance between further parts
/// @param nextCount number of further parts
/// @param weight routing weight
@SuppressWarnings("ArrayRecordComponent") // made once a layer, read by kernels, never compared
public record CombineInput(
    int topK, int[] firstPart, int[] nextPart, int[] stride, int[] nextCount, float[] weight) {}
