package io.fiddler.kernel;

/// What a router chose, in ordinary arrays on the host. Reused from step to step; sized for the
/// largest.
///
/// `selectedExperts[row * topK + k]` is the expert of row `row` with the `k`-th highest score
/// (ties: the lower index first), `routingWeights` its weight.
public final class Routing {
  private final int topK;
  private final int[] selectedExperts;
  private final float[] routingWeights;
  private int rows;

  /// Room for `maxRows` rows.
  public Routing(int maxRows, int topK) {
    this.topK = topK;
    this.selectedExperts = new int[maxRows * topK];
    this.routingWeights = new float[maxRows * topK];
  }

  /// Experts a row.
  public int topK() {
    return topK;
  }

  /// Rows that are valid.
  public int rows() {
    return rows;
  }

  /// Set by the segment that fills the arrays.
  public void rows(int value) {
    rows = value;
  }

  /// Expert ids `[rows * topK]`.
  public int[] selectedExperts() {
    return selectedExperts;
  }

  /// Weights `[rows * topK]`.
  public float[] routingWeights() {
    return routingWeights;
  }
}
