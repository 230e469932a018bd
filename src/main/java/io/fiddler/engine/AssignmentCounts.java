package io.fiddler.engine;

import io.fiddler.expert.Way;

/// (token, layer, expert) assignments by the way they were computed.
///
/// @param resident hits
/// @param streamed weights copied for the step
/// @param host computed by the CPU
/// @param split partly streamed, partly by the CPU
public record AssignmentCounts(long resident, long streamed, long host, long split) {
  /// Nothing yet.
  public static final AssignmentCounts NONE = new AssignmentCounts(0, 0, 0, 0);

  /// From an array indexed by {@link Way#ordinal()}.
  public static AssignmentCounts of(long[] byWay) {
    return new AssignmentCounts(
        byWay[Way.RESIDENT.ordinal()],
        byWay[Way.STREAMED.ordinal()],
        byWay[Way.HOST.ordinal()],
        byWay[Way.SPLIT.ordinal()]);
  }

  /// All assignments.
  public long total() {
    return resident + streamed + host + split;
  }

  /// Share served by a resident expert, in [0, 1]; 0 if there were none.
  public double hitRate() {
    return total() == 0 ? 0 : (double) resident / total();
  }

  /// The sum of both.
  public AssignmentCounts plus(AssignmentCounts other) {
    return new AssignmentCounts(
        resident + other.resident,
        streamed + other.streamed,
        host + other.host,
        split + other.split);
  }

  /// Assignments that went this way.
  public long of(Way way) {
    return switch (way) {
      case RESIDENT -> resident;
      case STREAMED -> streamed;
      case HOST -> host;
      case SPLIT -> split;
    };
  }
}
