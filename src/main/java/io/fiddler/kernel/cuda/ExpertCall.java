package io.fiddler.kernel.cuda;

/// What the tasks of one call share.
///
/// @param normed input rows `[rows, hiddenSize]` on the device
/// @param rowOfGrouped which input row each grouped row is
/// @param out results `[outRows, hiddenSize]` on the device
@SuppressWarnings("ArrayRecordComponent") // read while the call runs, never compared
record ExpertCall(long normed, int[] rowOfGrouped, long out) {}
