package io.fiddler.constraint.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.RandomSchemas;
import io.fiddler.constraint.schema.JsonGrammars;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A mask by the trie and its shortcuts is what trying each token's bytes gives, and never empty
/// while the text is not whole.
final class TokenMasksTest {
  private static final int STEPS = 40;

  private static Walker tinyMoe;
  private static Walker sentencepiece;

  @BeforeAll
  static void load() {
    tinyMoe = Walker.tinyMoe();
    sentencepiece = Walker.sentencepiece();
  }

  @AfterAll
  static void close() {
    tinyMoe.close();
    sentencepiece.close();
  }

  static Stream<Walker> vocabularies() {
    return Stream.of(tinyMoe, sentencepiece);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("vocabularies")
  void mask_holdsTheTokensWhoseBytesMayFollow_inEveryState(Walker walker) {
    JsonGrammars grammars = new JsonGrammars(GrammarLimits.DEFAULT);
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try {
        compare(walker.vocabulary, grammars.jsonSchema(new RandomSchemas(random).next()), random);
      } catch (InvalidSchemaException e) {
        // Nothing satisfies it: another seed.
      }
      compare(walker.vocabulary, grammars.jsonObject(), random);
    }
  }

  private static void compare(
      TokenVocabulary vocabulary, Grammar grammar, SplittableRandom random) {
    TokenMasks masks = new TokenMasks(vocabulary);
    States plain = new States(() -> {});
    Todo todo = new Todo(grammar.expression(), grammar.maxDepth(), null);
    State state = masks.states().start(todo);
    State naive = plain.start(todo);
    for (int step = 0; step < STEPS && !state.isFinal(); step++) {
      BitSet fast = BitSet.valueOf(masks.after(state, step == 0));
      assertThat(fast).isEqualTo(naive(vocabulary, naive, plain, step == 0));
      assertThat(fast.isEmpty()).isFalse();
      int[] allowed = fast.stream().toArray();
      byte[] bytes = vocabulary.bytes(allowed[random.nextInt(allowed.length)]);
      for (int i = first(vocabulary, bytes, step == 0); i < bytes.length; i++) {
        state = state.next(Byte.toUnsignedInt(bytes[i]), masks.states());
        naive = naive.next(Byte.toUnsignedInt(bytes[i]), plain);
      }
      assertThat(naive).isEqualTo(state);
    }
  }

  private static int first(TokenVocabulary vocabulary, byte[] bytes, boolean atBeginning) {
    return atBeginning && vocabulary.dropsFirstSpace() && bytes[0] == ' ' ? 1 : 0;
  }

  private static BitSet naive(
      TokenVocabulary vocabulary, State state, States states, boolean atBeginning) {
    BitSet allowed = new BitSet();
    for (int id = 0; id < vocabulary.size(); id++) {
      byte[] bytes = vocabulary.bytes(id);
      int from = bytes.length == 0 ? 0 : first(vocabulary, bytes, atBeginning);
      State after = state;
      for (int i = from; i < bytes.length && !after.isDead(); i++) {
        after = after.next(Byte.toUnsignedInt(bytes[i]), states);
      }
      allowed.set(id, bytes.length > from && !after.isDead());
    }
    return allowed;
  }

  @Test
  void mask_isComputedOnce_whereOnlyACounterDiffers() {
    TokenMasks masks = new TokenMasks(tinyMoe.vocabulary);
    Grammar grammar =
        new JsonGrammars(GrammarLimits.DEFAULT)
            .jsonSchema(
                io.fiddler.constraint.Judge.parse("{\"type\":\"string\",\"maxLength\":900}"));
    State state = masks.states().start(new Todo(grammar.expression(), grammar.maxDepth(), null));
    state = state.next('"', masks.states());
    for (int i = 0; i < 800; i++) {
      masks.after(state, false);
      state = state.next('x', masks.states());
    }
    assertThat(masks.computed()).isEqualTo(1);
  }
}
