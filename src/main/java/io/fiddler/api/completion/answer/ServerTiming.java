package io.fiddler.api.completion.answer;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.PrefillReport;
import java.util.Locale;

/// The `Server-Timing` header: how long the first choice waited and read its prompt, and the share
/// of expert assignments that a resident expert served.
final class ServerTiming {
  /// Its name.
  static final String HEADER = "Server-Timing";

  private static final double NANOS_PER_MILLI = 1e6;

  private ServerTiming() {}

  /// Its value.
  ///
  /// @param assignments of the prefill where the rest is not known yet, else of the whole request
  static String value(PrefillReport prefill, AssignmentCounts assignments) {
    return String.format(
        Locale.ROOT,
        "queue;dur=%.3f, prefill;dur=%.3f, hit-rate;desc=\"%.3f\"",
        prefill.queueNanos() / NANOS_PER_MILLI,
        prefill.prefillNanos() / NANOS_PER_MILLI,
        assignments.hitRate());
  }
}
