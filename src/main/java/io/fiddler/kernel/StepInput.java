package io.fiddler.kernel;

/// The rows of one step. Row `r` is token `tokens[r]` at position `positions[r]` of the sequence
/// `sequenceOfRow[r]`, whose keys and values lie in the blocks `blockTables[sequenceOfRow[r]]`. A
/// row attends to the positions of its sequence up to its own; the keys of all rows are written
/// before any row attends, so a chunk of a prompt is simply several rows of one sequence.
///
/// @param tokens token ids `[rows]`
/// @param positions zero-based positions `[rows]`
/// @param sequenceOfRow index into `blockTables` `[rows]`
/// @param blockTables block ids of each sequence, in order of positions
@SuppressWarnings("ArrayRecordComponent") // made once a step, read by kernels, never compared
public record StepInput(int[] tokens, int[] positions, int[] sequenceOfRow, int[][] blockTables) {
  /// Number of rows.
  public int rows() {
    return tokens.length;
  }
}
