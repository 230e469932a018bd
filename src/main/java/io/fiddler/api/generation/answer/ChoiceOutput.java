package io.fiddler.api.generation.answer;

import io.fiddler.api.generation.request.EncodedPrompt;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.engine.FinishReason;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import io.fiddler.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Turns one generation's tokens into the text of its choice. Used from one thread at a time.
final class ChoiceOutput {
  private final int choice;
  private final GenerationCall call;
  private final TokenTexts texts;
  private final Detokenizer detokenizer;
  private final StopMatcher stops;
  private int charactersDecoded;
  private int tokens;
  private double logprobs;

  ChoiceOutput(int choice, GenerationCall call) {
    this.choice = choice;
    this.call = call;
    this.texts = new TokenTexts(call.tokenizer());
    this.detokenizer = texts.detokenizerAfter(call.promptOf(choice).tokens());
    this.stops = new StopMatcher(call.settings().stops());
  }

  /// Tokens that belong to the choice so far.
  int tokens() {
    return tokens;
  }

  /// Mean log-probability of its tokens, if they were reported; the least of all if it has none.
  double meanLogprob() {
    return tokens == 0 ? Double.NEGATIVE_INFINITY : logprobs / tokens;
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
    if (!call.settings().echo()) {
      return ids == null ? null : new ChoiceDelta(choice, "", null, List.of(), ids, null);
    }
    String text = call.textOf(prompt);
    List<ScoredToken> scored =
        call.settings().logprobs() >= 0 ? ofPrompt(prompt.tokens(), promptLogprobs) : null;
    charactersDecoded = characters(text);
    return new ChoiceDelta(choice, text, scored, ids == null ? null : List.of(), ids, null);
  }

  /// A token came; null if there is nothing to show yet. What comes after a stop string is not part
  /// of the choice.
  @Nullable ChoiceDelta generated(SampledToken token) {
    if (stopped()) {
      return null;
    }
    tokens++;
    logprobs += token.logprob();
    List<ScoredToken> scored =
        call.settings().logprobs() >= 0 ? List.of(new ScoredToken(token, charactersDecoded)) : null;
    String decoded = decoded(token.tokenId());
    charactersDecoded += characters(decoded);
    String text = stops.append(decoded);
    List<Integer> ids = call.returnsTokenIds() ? List.of(token.tokenId()) : null;
    if (stopped()) {
      return new ChoiceDelta(choice, text, scored, ids, null, "stop");
    }
    return text.isEmpty() && scored == null && ids == null
        ? null
        : new ChoiceDelta(choice, text, scored, ids, null, null);
  }

  /// A beam search has found all of it.
  ChoiceDelta found(BeamHypothesis hypothesis) {
    ChoiceTotal total = new ChoiceTotal(choice);
    for (SampledToken token : hypothesis.tokens()) {
      add(generated(token), total);
    }
    add(finished(hypothesis.stopped() ? FinishReason.STOP : FinishReason.LENGTH), total);
    return total.sum();
  }

  private static void add(@Nullable ChoiceDelta delta, ChoiceTotal total) {
    if (delta != null) {
      total.add(delta);
    }
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
        call.settings().logprobs() >= 0 ? List.of() : null,
        call.returnsTokenIds() ? List.of() : null,
        null,
        name);
  }

  /// Nothing comes before a prompt's first token to make it likely or not: the engine reports on
  /// the others.
  private List<ScoredToken> ofPrompt(int[] prompt, List<SampledToken> reported) {
    List<ScoredToken> scored = new ArrayList<>(prompt.length);
    Detokenizer promptText = texts.detokenizer();
    int unreported = prompt.length - reported.size();
    int offset = 0;
    for (int i = 0; i < prompt.length; i++) {
      SampledToken token =
          i < unreported
              ? new SampledToken(prompt[i], Double.NaN, List.of())
              : reported.get(i - unreported);
      scored.add(new ScoredToken(token, offset));
      offset += characters(promptText.append(token.tokenId()));
    }
    return scored;
  }

  private String decoded(int tokenId) {
    return call.shownTokens().contains(tokenId)
        ? detokenizer.flush() + texts.text(tokenId)
        : detokenizer.append(tokenId);
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
