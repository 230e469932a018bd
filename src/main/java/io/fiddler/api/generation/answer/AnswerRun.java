package io.fiddler.api.generation.answer;

import io.fiddler.api.generation.request.Candidates;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.run.GenerationEvent;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.engine.PrefillReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The state of one request's answer: turns the engine's events into deltas of its choices. Used
/// from one thread at a time.
final class AnswerRun {
  private final ChoiceOutput[] choices;
  private final Candidates candidates;
  private final IntConsumer cancel;
  private final RequestAccount account;
  private @Nullable PrefillReport firstPrefill;

  /// @param cancel ends the generation of a choice that needs no more tokens
  AnswerRun(GenerationCall call, IntConsumer cancel, RequestAccount account) {
    this.choices =
        IntStream.range(0, call.numTexts())
            .mapToObj(choice -> new ChoiceOutput(choice, call))
            .toArray(ChoiceOutput[]::new);
    this.candidates = call.settings().candidates();
    this.cancel = cancel;
    this.account = account;
  }

  /// The delta that an event brings, if it brings one.
  ///
  /// @throws RuntimeException what the engine failed with
  Optional<ChoiceDelta> next(GenerationEvent event) {
    ChoiceOutput choice = choices[event.choice()];
    ChoiceDelta delta =
        switch (event) {
          case GenerationEvent.Prefilled(_, var report, var promptLogprobs) -> {
            firstPrefill = firstPrefill == null ? report : firstPrefill;
            yield choice.prefilled(promptLogprobs);
          }
          case GenerationEvent.Generated(_, var token) -> choice.generated(token);
          case GenerationEvent.Found(_, var hypothesis) -> choice.found(hypothesis);
          case GenerationEvent.Finished(_, var report) -> choice.finished(report.reason());
          case GenerationEvent.Failed(_, var failure, _) -> throw FatalErrors.asException(failure);
        };
    if (delta != null) {
      account.produced(delta.choice(), delta.text(), choice.tokens());
      if (choice.stopped()) {
        cancel.accept(event.choice());
      }
    }
    return Optional.ofNullable(delta);
  }

  /// The prefill that was done first; null before.
  @Nullable PrefillReport firstPrefill() {
    return firstPrefill;
  }

  /// Which texts are the answer's choices, in their order: of each prompt those whose tokens were
  /// likeliest on average.
  List<Integer> chosen() {
    List<Integer> chosen = new ArrayList<>();
    for (int first = 0; first < choices.length; first += candidates.texts()) {
      Stream<Integer> texts = IntStream.range(first, first + candidates.texts()).boxed();
      if (candidates.ranked()) {
        // Of equal ones the first.
        texts =
            texts.sorted(
                Comparator.comparingDouble((Integer text) -> choices[text].meanLogprob())
                    .reversed());
      }
      texts.limit(candidates.n()).forEach(chosen::add);
    }
    return chosen;
  }

  /// Tokens of all texts so far.
  int completionTokens() {
    return completionTokens(IntStream.range(0, choices.length).boxed().toList());
  }

  /// Tokens of some texts so far.
  int completionTokens(List<Integer> texts) {
    return texts.stream().mapToInt(text -> choices[text].tokens()).sum();
  }
}
