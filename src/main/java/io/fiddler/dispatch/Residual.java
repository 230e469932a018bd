package io.fiddler.dispatch;

/// How well predictions come true: observed over predicted time, by lane and bucket of rows.
///
/// @param lane which lane
/// @param upToRows most rows of the bucket (1, 2, 3-4, 5-8 ...); 0 for copies, which do not depend
///   on rows
/// @param count observations since the start
/// @param meanRatio mean of observed / predicted since the start
/// @param p90Ratio nine of ten of the latest 256 ratios are not above it
public record Residual(
    CostLane lane, int upToRows, long count, double meanRatio, double p90Ratio) {}
