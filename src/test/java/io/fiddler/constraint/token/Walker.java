package io.fiddler.constraint.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.constraint.Grammar;
import io.fiddler.sampling.Sampler;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.TokenConstraint;
import io.fiddler.tokenizer.Detokenizer;
import io.fiddler.tokenizer.TestTokenizers;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Generates texts of a grammar from random logits, as a sampler and a detokeniser would have it.
/// The longer a text, the likelier the tokens that close something.
final class Walker implements AutoCloseable {
  /// What closes something, and what some patterns of {@link io.fiddler.constraint.RandomSchemas}
  /// must have.
  private static final Set<String> WANTED_AT_LAST = Set.of("]", "}", "@", "A", "F", "d");

  private static final int MAX_TOKENS = 3_000;

  final Tokenizer tokenizer;
  final TokenVocabulary vocabulary;
  final TokenConstraints constraints;
  private final Set<Integer> endTokens;
  private final float[] closing;

  private Walker(Path tokenizerJson) {
    tokenizer = TestTokenizers.load(tokenizerJson);
    vocabulary = TokenVocabulary.of(tokenizer);
    constraints = new TokenConstraints(vocabulary);
    endTokens = Set.of(2);
    closing = new float[tokenizer.vocabularySize()];
    for (int id = 0; id < closing.length; id++) {
      String text = new String(vocabulary.bytes(id), UTF_8);
      boolean ends = text.equals("\"") || endTokens.contains(id);
      closing[id] = ends ? 2 : WANTED_AT_LAST.contains(text) ? 1 : 0;
    }
  }

  /// Byte-level BPE with 3,072 tokens.
  static Walker tinyMoe() {
    return new Walker(TestTokenizers.TINY_MOE);
  }

  /// BPE with byte fallback, whose texts lose the space they begin with.
  static Walker sentencepiece() {
    return new Walker(TestTokenizers.SENTENCEPIECE);
  }

  TokenConstraint constraint(Grammar grammar) {
    return constraints.of(grammar, endTokens).get();
  }

  /// A text of the grammar, to its end.
  String walk(Grammar grammar, SplittableRandom random) {
    TokenConstraint constraint = constraint(grammar);
    SamplingParameters parameters =
        new SamplingParameters(
            random.nextBoolean() ? 0 : 1.5,
            random.nextInt(3) * 20,
            random.nextBoolean() ? 1 : 0.9,
            0,
            1,
            0,
            0,
            Map.of(),
            random.nextLong());
    Sampler sampler = Sampler.of(parameters, constraint, new int[] {1}, -1);
    Detokenizer detokenizer = tokenizer.detokenizer(true);
    StringBuilder text = new StringBuilder();
    float[] logits = new float[closing.length + 3];
    for (int tokens = 0; tokens < MAX_TOKENS; tokens++) {
      for (int id = 0; id < closing.length; id++) {
        logits[id] = (float) (6 * random.nextDouble() + closing[id] * (tokens / 8.0 - 2));
      }
      int token = sampler.sample(logits, 0, logits.length).tokenId();
      if (!endTokens.contains(token)) {
        text.append(detokenizer.append(token));
      }
      if (sampler.isFinished()) {
        return text.append(detokenizer.flush()).toString();
      }
    }
    throw new AssertionError("no end after %d tokens: %s".formatted(MAX_TOKENS, text));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
