package io.fiddler.api.generation.run;

import io.fiddler.api.generation.request.EncodedPrompt;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.usage.span.EndedGeneration;
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

/// What is known of a request's generations, which the engine reports on its step thread without a
/// lock, and of its texts, from the answer, on the API's threads. Texts are the answer's choices
/// unless others are {@link #chosen}.
final class ChoiceAccounts {
  private final AtomicReferenceArray<@Nullable GenerationReport> reports;
  private final int generationsAPrompt;
  private final int[] tokens;
  private final @Nullable String[] finishReasons;
  private final StringBuilder[] texts;

  private List<Integer> chosen;

  ChoiceAccounts(int texts, int generations, int generationsAPrompt) {
    this.generationsAPrompt = generationsAPrompt;
    this.reports = new AtomicReferenceArray<>(generations);
    this.tokens = new int[texts];
    this.finishReasons = new @Nullable String[texts];
    this.texts = new StringBuilder[texts];
    Arrays.setAll(this.texts, _ -> new StringBuilder());
    this.chosen = IntStream.range(0, texts).boxed().toList();
  }

  /// The engine's last word on a generation.
  void ended(int generation, GenerationReport report) {
    reports.set(generation, report);
  }

  /// Only these texts are answered.
  synchronized void chosen(List<Integer> answered) {
    chosen = List.copyOf(answered);
  }

  /// More of a text was generated.
  synchronized void produced(int choice, String text, int tokensSoFar) {
    tokens[choice] = tokensSoFar;
    texts[choice].append(text);
  }

  /// A text came to its end.
  synchronized void finished(int choice, String reason) {
    finishReasons[choice] = reason;
  }

  /// Tokens of all choices as answered: those after a stop string are not among them.
  synchronized int tokensAnswered() {
    return chosen.stream().mapToInt(text -> tokens[text]).sum();
  }

  /// Why the choices ended: the reason of all, else `length` as the one worth noticing.
  synchronized @Nullable String finishReason() {
    Set<String> reasons =
        chosen.stream()
            .map(text -> finishReasons[text])
            .filter(Objects::nonNull)
            .collect(Collectors.toCollection(TreeSet::new));
    if (reasons.isEmpty()) {
      return null;
    }
    return reasons.contains("length") ? "length" : reasons.iterator().next();
  }

  /// Whether the time that one of its generations might take had passed.
  boolean timedOut() {
    return IntStream.range(0, reports.length())
        .mapToObj(reports::get)
        .anyMatch(report -> report != null && report.reason() == FinishReason.TIMEOUT);
  }

  /// The answer's text, choice by choice.
  synchronized String output() {
    return chosen.stream().map(text -> texts[text]).collect(Collectors.joining("\n"));
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

  /// The generations that ended, submitted so long after the request's arrival.
  List<EndedGeneration> ended(long submittedNanos) {
    return IntStream.range(0, reports.length())
        .boxed()
        .flatMap(index ->
            Stream.ofNullable(reports.get(index))
                .map(report -> EndedGenerations.of(index, submittedNanos, report)))
        .toList();
  }

  /// Tokens of the prompts that were read or found in the cache: not of those whose generations
  /// were all refused, or ended while they waited.
  int promptTokens(List<EncodedPrompt> prompts) {
    return IntStream.range(0, prompts.size())
        .filter(this::isRead)
        .map(prompt -> prompts.get(prompt).tokens().length)
        .sum();
  }

  private boolean isRead(int prompt) {
    int first = prompt * generationsAPrompt;
    return IntStream.range(first, Math.min(first + generationsAPrompt, reports.length()))
        .mapToObj(reports::get)
        .filter(Objects::nonNull)
        .anyMatch(
            report -> report.prefill().total() > 0 || report.costs().cachedPromptTokens() > 0);
  }

  /// A prompt that one of its generations computed and the others found cached was computed.
  private int cachedPromptTokens() {
    int cached = 0;
    for (int first = 0; first < reports.length(); first += generationsAPrompt) {
      cached +=
          IntStream.range(first, Math.min(first + generationsAPrompt, reports.length()))
              .mapToObj(reports::get)
              .filter(Objects::nonNull)
              .mapToInt(report -> report.costs().cachedPromptTokens())
              .min()
              .orElse(0);
    }
    return cached;
  }
}
