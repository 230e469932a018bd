package io.fiddler.dispatch;

/// What live timings changed about a measured price.
///
/// @param lane which lane
/// @param upToRows most rows it is for: the upper end of a bucket (1, 2, 3-4, 5-8 ...); 0 for the
///   lane as a whole, which is what buckets with too few observations take
/// @param factor what the measured time is multiplied by
/// @param observations how many it comes from
public record Correction(CostLane lane, int upToRows, double factor, long observations) {}
