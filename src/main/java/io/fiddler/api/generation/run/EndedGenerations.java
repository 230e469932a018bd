package io.fiddler.api.generation.run;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.GenerationReport;
import io.fiddler.usage.span.EndedGeneration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The engine's reports in the words of a trace.
final class EndedGenerations {
  private EndedGenerations() {}

  /// @param number of the generation
  /// @param submittedNanos when it was submitted, from the request's arrival
  static EndedGeneration of(int number, long submittedNanos, GenerationReport report) {
    long ended = submittedNanos + report.totalNanos();
    boolean ran = report.prefill().total() > 0;
    return new EndedGeneration(
        number,
        submittedNanos,
        submittedNanos + report.queueNanos(),
        report.firstTokenNanos() > 0 ? submittedNanos + report.firstTokenNanos() : ended,
        ended,
        report.reason().name().toLowerCase(Locale.ROOT),
        ran,
        report.promptTokens(),
        report.costs().cachedPromptTokens(),
        report.completionTokens(),
        hitRate(report.prefill()),
        hitRate(report.decode()),
        report.firstPlacementVersion(),
        report.lastPlacementVersion());
  }

  private static @Nullable Double hitRate(AssignmentCounts counts) {
    return counts.total() == 0 ? null : counts.hitRate();
  }
}
