package io.fiddler.bench.report;

import io.fiddler.bench.report.ScenarioReport.PhaseReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What several clients at once get done against one alone, decoding the same prompts' lengths, and
/// what the kernel timings of the same run predict for it: an expert's weights are read once for
/// all of them, so a step of many takes little longer than a step of one.
///
/// @param requests clients at once
/// @param promptTokens length of each prompt
/// @param newTokens tokens generated for each
/// @param tokensPerSecondOfOne median
/// @param tokensPerSecond median, of all together
/// @param measured how many times as much that is
/// @param predicted the same of the limits of both, see {@link Limit}
/// @param ratio measured over predicted, 1 being all that the kernels allow
public record GainReport(
    int requests,
    int promptTokens,
    int newTokens,
    double tokensPerSecondOfOne,
    double tokensPerSecond,
    double measured,
    double predicted,
    double ratio) {
  /// Of every scenario with several requests that has a counterpart with one.
  static List<GainReport> of(List<ScenarioReport> scenarios) {
    List<GainReport> gains = new ArrayList<>();
    for (ScenarioReport one : scenarios) {
      for (ScenarioReport many : scenarios) {
        GainReport gain = one.requests() == 1 && many.requests() > 1 ? of(one, many) : null;
        if (gain != null) {
          gains.add(gain);
        }
      }
    }
    return gains;
  }

  private static @Nullable GainReport of(ScenarioReport one, ScenarioReport many) {
    PhaseReport alone = one.decode();
    PhaseReport together = many.decode();
    if (one.promptTokens() != many.promptTokens()
        || one.newTokens() != many.newTokens()
        || alone == null
        || together == null
        || alone.limit() == null
        || together.limit() == null) {
      return null;
    }
    double measured = together.tokensPerSecond().median() / alone.tokensPerSecond().median();
    double predicted = many.requests() * alone.limit().seconds() / together.limit().seconds();
    return new GainReport(
        many.requests(),
        many.promptTokens(),
        many.newTokens(),
        alone.tokensPerSecond().median(),
        together.tokensPerSecond().median(),
        measured,
        predicted,
        measured / predicted);
  }
}
