package io.fiddler.api.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.generation.answer.ScoredToken;
import io.fiddler.api.generation.answer.TokenTexts;
import io.fiddler.sampling.SampledToken;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Log-probabilities of an answer's tokens, in the form of OpenAI's chat completions.
///
/// @param content one entry a token
/// @param refusal always null
record ChatLogprobs(List<Token> content, @Nullable List<Token> refusal) {
  static ChatLogprobs of(List<ScoredToken> scored, TokenTexts texts) {
    List<Token> content = new ArrayList<>(scored.size());
    for (ScoredToken one : scored) {
      SampledToken token = one.token();
      List<Alternative> top =
          token.top().stream()
              .map(other -> Alternative.of(other.tokenId(), other.logprob(), texts))
              .toList();
      Alternative self = Alternative.of(token.tokenId(), token.logprob(), texts);
      content.add(new Token(self.token(), self.logprob(), self.bytes(), top));
    }
    return new ChatLogprobs(content, null);
  }

  /// @param token its text
  /// @param bytes of the token in UTF-8, which need not be whole characters; null if unknown
  /// @param topLogprobs the likeliest tokens in its place
  record Token(
      String token,
      @Nullable Double logprob,
      @Nullable List<Integer> bytes,
      @JsonProperty("top_logprobs") List<Alternative> topLogprobs) {}

  /// @param bytes as in [Token]
  record Alternative(String token, @Nullable Double logprob, @Nullable List<Integer> bytes) {
    static Alternative of(int tokenId, double logprob, TokenTexts texts) {
      return new Alternative(texts.text(tokenId), texts.logprob(logprob), texts.bytes(tokenId));
    }
  }
}
