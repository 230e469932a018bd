package io.fiddler.api.generation.answer;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.json.ApiJson;
import io.fiddler.model.load.ModelSources;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import io.fiddler.tokenizer.Detokenizer;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Tokens as the client sees them, with the real tokenizer of tiny-moe and ids beyond it, as models
/// have whose vocabulary is padded.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenTextsTest {
  private Tokenizer tokenizer;
  private TokenTexts texts;
  private int padding;

  @BeforeAll
  void load() {
    Path home = Path.of("target", "api-tests");
    tokenizer = Tokenizer.of(ModelSources.of("tiny-moe", home, 1).tokenizerFile().orElseThrow());
    texts = new TokenTexts(tokenizer);
    padding = tokenizer.vocabularySize();
  }

  @AfterAll
  void close() {
    tokenizer.close();
  }

  @Test
  void text_isTheId_whenTokenOnlyPadsTheVocabulary() {
    assertThat(texts.text(padding)).isEqualTo("token_id:" + padding);
    assertThat(texts.text(padding + 1000)).isEqualTo("token_id:" + (padding + 1000));
    assertThat(texts.text(padding - 1)).doesNotStartWith("token_id:");
  }

  @Test
  void completion_goesOn_whenATokenOnlyPadsTheVocabulary() {
    Detokenizer after = texts.detokenizerAfter(new int[] {padding, 1, padding + 1});
    int[] hi = tokenizer.encode("Hi", false);
    StringBuilder text = new StringBuilder(after.append(padding + 2));
    for (int id : hi) {
      text.append(after.append(id));
    }
    text.append(after.flush());

    assertThat(text.toString().strip()).isEqualTo("Hi");
  }

  @Test
  void alternatives_areValidJson_whenTokensAreImpossibleOrPadding() {
    SampledToken token =
        new SampledToken(
            padding,
            NEGATIVE_INFINITY,
            List.of(new TokenLogprob(5, -0.5), new TokenLogprob(padding + 1, NEGATIVE_INFINITY)));

    Map<String, Double> alternatives = requireNonNull(texts.alternatives(token));

    assertThat(new String(ApiJson.write(alternatives), UTF_8))
        .isEqualTo(
            "{%s:-0.5,\"token_id:%d\":-9999.0,\"token_id:%d\":-9999.0}"
                .formatted(
                    new String(ApiJson.write(tokenizer.tokenText(5)), UTF_8),
                    padding + 1,
                    padding));
    assertThat(texts.logprob(NEGATIVE_INFINITY)).isEqualTo(-9999.0);
    assertThat(texts.logprob(Double.NaN)).isNull();
  }
}
