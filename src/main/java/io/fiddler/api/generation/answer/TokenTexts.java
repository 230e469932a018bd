package io.fiddler.api.generation.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import io.fiddler.tokenizer.Detokenizer;
import io.fiddler.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What tokens look like to the client, with a tokenizer or without one.
public final class TokenTexts {
  /// Enough tokens before a text for a detokeniser to see how the text goes on from them.
  private static final int CONTEXT_TOKENS = 8;

  /// JSON knows no minus infinity; the number is OpenAI's.
  private static final double LEAST_LOGPROB = -9999;

  private static final Detokenizer NO_TEXT =
      new Detokenizer() {
        @Override
        public String append(int tokenId) {
          return "";
        }

        @Override
        public String flush() {
          return "";
        }
      };

  private final @Nullable Tokenizer tokenizer;

  /// @param tokenizer null if the model has none
  public TokenTexts(@Nullable Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// A detokeniser for a text of its own.
  Detokenizer detokenizer() {
    return tokenizer == null ? NO_TEXT : tokenizer.detokenizer(true);
  }

  /// A detokeniser for what follows a prompt. It has seen the prompt's end: a decoder that drops
  /// the space at the beginning of a text must not drop the one between prompt and completion.
  Detokenizer detokenizerAfter(int[] prompt) {
    Detokenizer detokenizer = detokenizer();
    for (int i = Math.max(0, prompt.length - CONTEXT_TOKENS); i < prompt.length; i++) {
      detokenizer.append(prompt[i]);
    }
    return detokenizer;
  }

  /// A token's text in log-probabilities; its id, as vLLM writes it, where there is no tokenizer or
  /// the id only pads the model's vocabulary.
  public String text(int tokenId) {
    return tokenizer == null || tokenId >= tokenizer.vocabularySize()
        ? "token_id:" + tokenId
        : tokenizer.tokenText(tokenId);
  }

  /// The bytes that a token adds to a text, a part of a character perhaps, special tokens by name;
  /// null if the tokenizer does not tell.
  public @Nullable List<Integer> bytes(int tokenId) {
    if (tokenizer == null || tokenId >= tokenizer.vocabularySize()) {
      return null;
    }
    byte[] bytes =
        tokenizer.specialTokenIds().contains(tokenId)
            ? tokenizer.tokenText(tokenId).getBytes(UTF_8)
            : tokenizer.tokenBytes(tokenId);
    return bytes == null
        ? null
        : IntStream.range(0, bytes.length).mapToObj(i -> Byte.toUnsignedInt(bytes[i])).toList();
  }

  /// A log-probability as JSON can carry it; null if there is none.
  public @Nullable Double logprob(double value) {
    return Double.isNaN(value) ? null : Math.max(value, LEAST_LOGPROB);
  }

  /// The alternatives, best first, and the token itself. Tokens with the same text share one entry,
  /// the likeliest one's.
  public @Nullable Map<String, Double> alternatives(SampledToken token) {
    if (Double.isNaN(token.logprob())) {
      return null;
    }
    Map<String, Double> alternatives = new LinkedHashMap<>();
    for (TokenLogprob top : token.top()) {
      alternatives.putIfAbsent(text(top.tokenId()), Math.max(top.logprob(), LEAST_LOGPROB));
    }
    alternatives.putIfAbsent(text(token.tokenId()), Math.max(token.logprob(), LEAST_LOGPROB));
    return alternatives;
  }
}
