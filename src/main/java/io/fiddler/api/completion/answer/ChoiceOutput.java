package io.fiddler.api.completion.answer;

import io.fiddler.api.completion.request.CompletionCall;
import io.fiddler.api.completion.request.EncodedPrompt;
import io.fiddler.engine.FinishReason;
import io.fiddler.sampling.SampledToken;
import io.fiddler.tokenizer.Detokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Turns one generation's tokens into the text of its choice. Used from one thread at a time.
final class ChoiceOutput {
  private final int choice;
  private final CompletionCall call;
  private final TokenTexts texts;
  private final Detokenizer detokenizer;
  private final StopMatcher stops;
  private int charactersDecoded;
  private int tokens;

  ChoiceOutput(int choice, CompletionCall call) {
    this.choice = choice;
    this.call = call;
    this.texts = new TokenTexts(call.tokenizer());
    this.detokenizer = texts.detokenizerAfter(call.promptOf(choice).tokens());
    this.stops = new StopMatcher(call.request().stops());
  }

  /// Tokens that belong to the choice so far.
  int tokens() {
    return tokens;
  }

  /// Whether a stop string has ended the choice.
  boolean stopped() {
    return stops.stopped();
  }

  /// The prompt was read: the beginning of the choice, if it has one before the first token.
  @Nullable ChoiceDelta prefilled(List<SampledToken> promptLogprobs) {
    EncodedPrompt prompt = call.promptOf(choice);
    List<Integer> ids =
        call.returnsTokenIds() ? Arrays.stream(prompt.tokens()).boxed().toList() : null;
    if (!call.request().echo()) {
      return ids == null ? null : new ChoiceDelta(choice, "", null, List.of(), ids, null);
    }
    String text = call.textOf(prompt);
    Logprobs logprobs =
        call.request().logprobs() >= 0 ? ofPrompt(prompt.tokens(), promptLogprobs) : null;
    charactersDecoded = characters(text);
    return new ChoiceDelta(choice, text, logprobs, ids == null ? null : List.of(), ids, null);
  }

  /// A token came; null if there is nothing to show yet. What comes after a stop string is not part
  /// of the choice.
  @Nullable ChoiceDelta generated(SampledToken token) {
    if (stopped()) {
      return null;
    }
    tokens++;
    Logprobs logprobs = null;
    if (call.request().logprobs() >= 0) {
      logprobs = Logprobs.empty();
      add(logprobs, token, charactersDecoded);
    }
    String decoded = detokenizer.append(token.tokenId());
    charactersDecoded += characters(decoded);
    String text = stops.append(decoded);
    List<Integer> ids = call.returnsTokenIds() ? List.of(token.tokenId()) : null;
    if (stopped()) {
      return new ChoiceDelta(choice, text, logprobs, ids, null, "stop");
    }
    return text.isEmpty() && logprobs == null && ids == null
        ? null
        : new ChoiceDelta(choice, text, logprobs, ids, null, null);
  }

  /// The generation ended: the rest of the text and why; null if a stop string has said so already.
  @Nullable ChoiceDelta finished(FinishReason reason) {
    if (stopped()) {
      return null;
    }
    String rest = stops.append(detokenizer.flush());
    String text = rest + stops.flush();
    String name = stopped() ? "stop" : reason.name().toLowerCase(Locale.ROOT);
    return new ChoiceDelta(
        choice,
        text,
        call.request().logprobs() >= 0 ? Logprobs.empty() : null,
        call.returnsTokenIds() ? List.of() : null,
        null,
        name);
  }

  /// Nothing comes before a prompt's first token to make it likely or not: the engine reports on
  /// the others.
  private Logprobs ofPrompt(int[] prompt, List<SampledToken> reported) {
    Logprobs logprobs = Logprobs.empty();
    Detokenizer promptText = texts.detokenizer();
    int unreported = prompt.length - reported.size();
    int offset = 0;
    for (int i = 0; i < prompt.length; i++) {
      SampledToken token =
          i < unreported
              ? new SampledToken(prompt[i], Double.NaN, List.of())
              : reported.get(i - unreported);
      add(logprobs, token, offset);
      offset += characters(promptText.append(token.tokenId()));
    }
    return logprobs;
  }

  private void add(Logprobs logprobs, SampledToken token, int offset) {
    logprobs.tokens().add(texts.text(token.tokenId()));
    logprobs.tokenLogprobs().add(texts.logprob(token.logprob()));
    logprobs.topLogprobs().add(texts.alternatives(token));
    logprobs.textOffset().add(offset);
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
