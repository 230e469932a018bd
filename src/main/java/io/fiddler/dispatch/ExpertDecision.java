package io.fiddler.dispatch;

import io.fiddler.expert.Way;
import java.util.Comparator;

/// Where one expert is computed. Slices `[0, hostSlices)` go to the host, the others are streamed;
/// a resident expert is wholly on the device.
///
/// @param expert index in the layer
/// @param rows rows routed to it
/// @param way how it is computed
/// @param hostSlices slices computed on the host: none unless HOST (all) or SPLIT (some)
public record ExpertDecision(int expert, int rows, Way way, int hostSlices) {
  /// The order in which experts are best streamed: most rows first, so that the slices with the
  /// least computing come last and the device ends soon after the last copy (Johnson's rule for two
  /// machines).
  public static final Comparator<ExpertDecision> STREAM_ORDER =
      (left, right) ->
          left.rows != right.rows
              ? Integer.compare(right.rows, left.rows)
              : Integer.compare(left.expert, right.expert);

  /// The decision that computes the first `hostSlices` of an expert's `numSlices` slices on the
  /// host; a resident expert has none there.
  static ExpertDecision of(ExpertLoad load, int hostSlices, int numSlices) {
    Way way;
    if (load.resident()) {
      way = Way.RESIDENT;
    } else if (hostSlices == 0) {
      way = Way.STREAMED;
    } else {
      way = hostSlices == numSlices ? Way.HOST : Way.SPLIT;
    }
    return new ExpertDecision(load.expert(), load.rows(), way, hostSlices);
  }
}
