package io.fiddler.expert;

import java.util.Arrays;

/// The rows of a step grouped by the expert they were routed to, so that each expert's weights are
/// read once a layer. Buffers are reused: results hold until the next {@link #group}. Used from the
/// step thread.
///
/// An *assignment* is one row and one of its experts; assignments are numbered by row and, within a
/// row, by ascending expert id, the order in which results are added up. A *grouped row* is the
/// same thing ordered by expert and, within an expert, by row.
public final class ExpertGroups {
  private final int[] counts;
  private final int[] offsets;
  private final int[] next;
  private final int[] rowOfGrouped;
  private final int[] groupedOfAssignment;
  private final int[] routingOfAssignment;
  private int numExperts;
  private int numAssignments;

  /// Room for `maxAssignments` (rows times experts a row) and layers of at most `maxExperts`.
  public ExpertGroups(int maxAssignments, int maxExperts) {
    counts = new int[maxExperts];
    offsets = new int[maxExperts + 1];
    next = new int[maxExperts];
    rowOfGrouped = new int[maxAssignments];
    groupedOfAssignment = new int[maxAssignments];
    routingOfAssignment = new int[maxAssignments];
  }

  /// Groups what a router chose.
  ///
  /// @param selectedExperts expert ids `[rows * topK]`, row by row; may be longer
  /// @param rows number of rows
  /// @param topK experts a row, each once
  /// @param numExperts experts in the layer
  public void group(int[] selectedExperts, int rows, int topK, int numExperts) {
    requireRoom(rows * topK, numExperts);
    this.numExperts = numExperts;
    this.numAssignments = rows * topK;
    count(selectedExperts);
    for (int row = 0; row < rows; row++) {
      int first = row * topK;
      for (int k = 0; k < topK; k++) {
        insertByExpert(selectedExperts, first, first + k);
      }
      for (int assignment = first; assignment < first + topK; assignment++) {
        int grouped = next[selectedExperts[routingOfAssignment[assignment]]]++;
        rowOfGrouped[grouped] = row;
        groupedOfAssignment[assignment] = grouped;
      }
    }
  }

  private void requireRoom(int assignments, int experts) {
    if (assignments > rowOfGrouped.length || experts > counts.length) {
      throw new IllegalArgumentException(
          "room is for %d assignments and %d experts, got %d and %d"
              .formatted(rowOfGrouped.length, counts.length, assignments, experts));
    }
  }

  private void count(int[] selectedExperts) {
    Arrays.fill(counts, 0, numExperts, 0);
    for (int i = 0; i < numAssignments; i++) {
      int expert = selectedExperts[i];
      if (expert < 0 || expert >= numExperts) {
        throw new IllegalArgumentException(
            "selected experts must be in [0, %d), got %d at %d".formatted(numExperts, expert, i));
      }
      counts[expert]++;
    }
    for (int expert = 0; expert < numExperts; expert++) {
      next[expert] = offsets[expert];
      offsets[expert + 1] = offsets[expert] + counts[expert];
    }
  }

  /// Insertion sort of the row's choices: a row has 2 to 8 of them.
  private void insertByExpert(int[] selectedExperts, int first, int choice) {
    int at = choice;
    while (at > first && selectedExperts[routingOfAssignment[at - 1]] > selectedExperts[choice]) {
      routingOfAssignment[at] = routingOfAssignment[at - 1];
      at--;
    }
    routingOfAssignment[at] = choice;
  }

  /// Experts of the layer grouped last.
  public int numExperts() {
    return numExperts;
  }

  /// Assignments, and so grouped rows.
  public int numAssignments() {
    return numAssignments;
  }

  /// Rows routed to an expert.
  public int count(int expert) {
    return counts[expert];
  }

  /// First grouped row of an expert; it has as many as {@link #count(int)} says.
  public int offset(int expert) {
    return offsets[expert];
  }

  /// Row of each grouped row `[numAssignments]`; the array may be longer.
  public int[] rowOfGrouped() {
    return rowOfGrouped;
  }

  /// Grouped row of each assignment `[numAssignments]`; the array may be longer.
  public int[] groupedOfAssignment() {
    return groupedOfAssignment;
  }

  /// Index of each assignment in the router's arrays, `row * topK + k`, `[numAssignments]`; the
  /// array may be longer.
  public int[] routingOfAssignment() {
    return routingOfAssignment;
  }
}
