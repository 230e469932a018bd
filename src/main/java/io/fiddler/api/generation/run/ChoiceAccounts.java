package io.fiddler.api.generation.run;

import io.fiddler.engine.GenerationReport;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is known of each choice of a request: from the engine, reported on its step thread without
/// a lock, and from the answer, on the API's threads.
final class ChoiceAccounts {
  private final AtomicReferenceArray<@Nullable GenerationReport> reports;
  private final int choicesAPrompt;
  private final int[] tokens;
  private final @Nullable String[] finishReasons;
  private final StringBuilder[] texts;

  ChoiceAccounts(int choices, int choicesAPrompt) {
    this.choicesAPrompt = choicesAPrompt;
    this.reports = new AtomicReferenceArray<>(choices);
    this.tokens = new int[choices];
    this.finishReasons = new @Nullable String[choices];
    this.texts = new StringBuilder[choices];
    Arrays.setAll(texts, _ -> new StringBuilder());
  }

  /// The engine's last word on a choice.
  void ended(int choice, GenerationReport report) {
    reports.set(choice, report);
  }

  /// More of a choice was answered.
  synchronized void produced(
      int choice, String text, @Nullable String finishReason, int tokensSoFar) {
    tokens[choice] = tokensSoFar;
    texts[choice].append(text);
    if (finishReason != null) {
      finishReasons[choice] = finishReason;
    }
  }

  /// Tokens of all choices as answered: those after a stop string are not among them.
  synchronized int tokensAnswered() {
    return Arrays.stream(tokens).sum();
  }

  /// Why the choices ended: the reason of all, else `length` as the one worth noticing.
  synchronized @Nullable String finishReason() {
    Set<String> reasons =
        Stream.of(finishReasons)
            .filter(Objects::nonNull)
            .collect(Collectors.toCollection(TreeSet::new));
    if (reasons.isEmpty()) {
      return null;
    }
    return reasons.contains("length") ? "length" : reasons.iterator().next();
  }

  /// The answer's text, choice by choice.
  synchronized String output() {
    return String.join("\n", texts);
  }

  /// The engine's reports so far.
  RunTotals totals() {
    List<GenerationReport> known =
        IntStream.range(0, reports.length())
            .mapToObj(reports::get)
            .filter(Objects::nonNull)
            .toList();
    return new RunTotals(known, cachedPromptTokens());
  }

  /// A prompt that one of its choices computed and the others found cached was computed.
  private int cachedPromptTokens() {
    int cached = 0;
    for (int first = 0; first < reports.length(); first += choicesAPrompt) {
      cached +=
          IntStream.range(first, Math.min(first + choicesAPrompt, reports.length()))
              .mapToObj(reports::get)
              .filter(Objects::nonNull)
              .mapToInt(report -> report.costs().cachedPromptTokens())
              .min()
              .orElse(0);
    }
    return cached;
  }
}
