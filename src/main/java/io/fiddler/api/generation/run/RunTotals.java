package io.fiddler.api.generation.run;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationReport;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the engine reported about a request's generations, added up.
///
/// @param reports of the generations that ended
/// @param cachedPromptTokens of all prompts, each counted once, those that no choice computed
public record RunTotals(List<GenerationReport> reports, int cachedPromptTokens) {
  public RunTotals {
    reports = List.copyOf(reports);
  }

  /// Expert assignments of all.
  public AssignmentCounts assignments() {
    return reports.stream()
        .map(report -> report.prefill().plus(report.decode()))
        .reduce(AssignmentCounts.NONE, AssignmentCounts::plus);
  }

  /// Share of assignments that a resident expert served; null if there were none.
  public @Nullable Double hitRate() {
    AssignmentCounts all = assignments();
    return all.total() == 0 ? null : all.hitRate();
  }

  /// Tokens that all have generated.
  public int completionTokens() {
    return reports.stream().mapToInt(GenerationReport::completionTokens).sum();
  }

  /// What all have cost.
  public GenerationCosts costs() {
    return new GenerationCosts(
        cachedPromptTokens,
        reports.stream().mapToLong(report -> report.costs().hostNanos()).sum(),
        reports.stream().mapToLong(report -> report.costs().streamedBytes()).sum());
  }

  /// How long the first of them waited.
  public long queueNanos() {
    return reports.stream().mapToLong(GenerationReport::queueNanos).min().orElse(0);
  }

  /// From submission to the first token of any; null if there was none.
  public @Nullable Long firstTokenNanos() {
    return reports.stream()
        .map(GenerationReport::firstTokenNanos)
        .filter(nanos -> nanos > 0)
        .min(Long::compare)
        .orElse(null);
  }

  /// The first placement that one ran under; null if none ran.
  public @Nullable Long firstPlacementVersion() {
    return ran().map(GenerationReport::firstPlacementVersion).min(Long::compare).orElse(null);
  }

  /// The last placement that one ran under; null if none ran.
  public @Nullable Long lastPlacementVersion() {
    return ran().map(GenerationReport::lastPlacementVersion).max(Long::compare).orElse(null);
  }

  private Stream<GenerationReport> ran() {
    return reports.stream().filter(report -> report.prefill().total() > 0);
  }
}
