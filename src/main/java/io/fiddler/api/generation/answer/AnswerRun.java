package io.fiddler.api.generation.answer;

import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.run.GenerationEvent;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.engine.PrefillReport;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The state of one request's answer: turns the engine's events into deltas of its choices. Used
/// from one thread at a time.
final class AnswerRun {
  private final ChoiceOutput[] choices;
  private final IntConsumer cancel;
  private final RequestAccount account;
  private @Nullable PrefillReport firstPrefill;

  /// @param cancel ends the generation of a choice that needs no more tokens
  AnswerRun(GenerationCall call, IntConsumer cancel, RequestAccount account) {
    this.choices =
        IntStream.range(0, call.numChoices())
            .mapToObj(choice -> new ChoiceOutput(choice, call))
            .toArray(ChoiceOutput[]::new);
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
          case GenerationEvent.Finished(_, var report) -> choice.finished(report.reason());
          case GenerationEvent.Failed(_, var failure, _) -> throw FatalErrors.asException(failure);
        };
    if (delta != null) {
      account.produced(delta.choice(), delta.text(), delta.finishReason(), choice.tokens());
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

  /// Tokens of all choices so far.
  int completionTokens() {
    int tokens = 0;
    for (ChoiceOutput choice : choices) {
      tokens += choice.tokens();
    }
    return tokens;
  }
}
