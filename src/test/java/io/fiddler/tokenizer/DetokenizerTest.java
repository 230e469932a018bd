package io.fiddler.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DetokenizerTest {
  static final Path[] TOKENIZERS = {
    TestTokenizers.TINY_MOE, TestTokenizers.SENTENCEPIECE, TestTokenizers.METASPACE
  };

  private static final String TEXT = "Hello  world and 🧑‍🔬 你好 naïve\n\n   the 🇫🇷 ﷽ �� end";

  @ParameterizedTest
  @FieldSource("TOKENIZERS")
  void pieces_joinToTheWholeText_forRealText(Path file) {
    try (Tokenizer tokenizer = TestTokenizers.load(file)) {
      assertStreams(tokenizer, tokenizer.encode(TEXT, true), true);
      assertStreams(tokenizer, tokenizer.encode(TEXT, true), false);
    }
  }

  @ParameterizedTest
  @FieldSource("TOKENIZERS")
  void pieces_joinToTheWholeText_forAnyTokens(Path file) {
    SplittableRandom random = new SplittableRandom(11);
    try (Tokenizer tokenizer = TestTokenizers.load(file)) {
      for (int round = 0; round < 400; round++) {
        int length = 1 + random.nextInt(40);
        // Every third sequence from the beginning of the vocabulary: specials and bytes.
        int bound = round % 3 == 0 ? 300 : tokenizer.vocabularySize() + 3;
        int[] ids = random.ints(length, 0, bound).toArray();
        assertStreams(tokenizer, ids, random.nextBoolean());
      }
    }
  }

  @Test
  void pieces_neverSplitACharacter_forRandomBytes() {
    SplittableRandom random = new SplittableRandom(12);
    // Bytes that begin, continue and break characters of every length, surrogates among them.
    int[] bytes = {0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF};
    for (Path file : new Path[] {TestTokenizers.TINY_MOE, TestTokenizers.SENTENCEPIECE}) {
      try (Tokenizer tokenizer = TestTokenizers.load(file)) {
        int[] byteIds = byteIds(tokenizer);
        for (int round = 0; round < 2000; round++) {
          int[] ids =
              random
                  .ints(1 + random.nextInt(12), 0, bytes.length)
                  .map(i -> byteIds[bytes[i]])
                  .toArray();
          assertStreams(tokenizer, ids, true);
        }
      }
    }
  }

  @Test
  void text_isGivenOut_withTheTokenThatMakesItCertain() {
    try (Tokenizer tokenizer = TestTokenizers.load(TestTokenizers.TINY_MOE)) {
      int[] ids = byteIds(tokenizer);
      Detokenizer detokenizer = tokenizer.detokenizer(true);
      assertThat(detokenizer.append(ids['A'])).isEqualTo("A");
      assertThat(detokenizer.append(ids[0xF0])).isEmpty();
      assertThat(detokenizer.append(ids[0x9F])).isEmpty();
      assertThat(detokenizer.append(ids[0x99])).isEmpty();
      assertThat(detokenizer.append(ids[0x82])).isEqualTo("🙂");
      assertThat(detokenizer.append(ids[0xFF])).isEqualTo("\uFFFD");
      assertThat(detokenizer.append(ids[0xE2])).isEmpty();
      assertThat(detokenizer.append(ids['B'])).isEqualTo("\uFFFDB");
      assertThat(detokenizer.append(ids[0xE2])).isEmpty();
      assertThat(detokenizer.flush()).isEqualTo("\uFFFD");
      assertThat(detokenizer.flush()).isEmpty();
    }
  }

  @Test
  void byteFallbackRun_isHeldBack_untilItEndsOrBreaks() {
    try (Tokenizer tokenizer = TestTokenizers.load(TestTokenizers.SENTENCEPIECE)) {
      int[] ids = byteIds(tokenizer);
      int the = tokenizer.encode("the", false)[0];
      Detokenizer detokenizer = tokenizer.detokenizer(true);
      assertThat(detokenizer.append(the)).isEqualTo("the");
      assertThat(detokenizer.append(ids['\n'])).isEmpty();
      assertThat(detokenizer.append(the)).isEqualTo("\n the");
      assertThat(detokenizer.append(ids[0xC3])).isEmpty();
      assertThat(detokenizer.append(ids[0xA9])).isEmpty();
      assertThat(detokenizer.append(ids[0xA9])).isEqualTo("\uFFFD\uFFFD\uFFFD");
      assertThat(detokenizer.append(ids['A'])).isEqualTo("\uFFFD");
      assertThat(detokenizer.append(the)).isEqualTo(" the");
      assertThat(detokenizer.append(ids['A'])).isEmpty();
      assertThat(detokenizer.flush()).isEqualTo("A");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void append_costsTheSame_howeverLongTheGeneration(boolean skipSpecialTokens) {
    try (Tokenizer tokenizer = TestTokenizers.load(TestTokenizers.SENTENCEPIECE)) {
      int[] decoded = {0};
      Detokenizer detokenizer =
          new WindowDetokenizer(
              ids -> {
                decoded[0] += ids.length;
                return tokenizer.decode(ids, false);
              },
              vocabulary(),
              skipSpecialTokens);
      int space = tokenizer.encode(" ", false)[0];
      int[] repeated = {2, space, tokenizer.encode("the", false)[0], 3 + 0xFF, 3 + 'A', 100_000};
      for (int id : repeated) {
        for (int i = 0; i < 2000; i++) {
          detokenizer.append(id);
        }
      }
      detokenizer.flush();
      assertThat(decoded[0]).isLessThan(10 * 2000 * repeated.length);
    }
  }

  @ParameterizedTest
  @FieldSource("TOKENIZERS")
  void append_refusesNegativeIds(Path file) {
    try (Tokenizer tokenizer = TestTokenizers.load(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tokenizer.detokenizer(true).append(-1))
          .withMessage("token id must be >= 0, got -1");
    }
  }

  /// Joined pieces equal the decoding at once, no character is split, and after a token that ends
  /// in no byte of unknown meaning everything so far is out.
  private static void assertStreams(Tokenizer tokenizer, int[] ids, boolean skipSpecialTokens) {
    String whole = tokenizer.decode(ids, skipSpecialTokens);
    Detokenizer detokenizer = tokenizer.detokenizer(skipSpecialTokens);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ids.length; i++) {
      String piece = detokenizer.append(ids[i]);
      assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
          .isTrue();
      text.append(piece);
      if (!mayBeBytes(tokenizer, ids[i])) {
        String soFar = tokenizer.decode(Arrays.copyOf(ids, i + 1), skipSpecialTokens);
        assertThat(text.toString())
            .as("tokens %s until %d", Arrays.toString(ids), i)
            .isEqualTo(soFar);
      }
    }
    text.append(detokenizer.flush());
    assertThat(text.toString())
        .as("tokens %s, skip %s", Arrays.toString(ids), skipSpecialTokens)
        .isEqualTo(whole);
  }

  private static boolean mayBeBytes(Tokenizer tokenizer, int id) {
    Vocabulary vocabulary = ((LibraryTokenizer) tokenizer).vocabulary();
    String token = vocabulary.token(id);
    if (token == null || vocabulary.isSpecial(id)) {
      return true;
    }
    return switch (vocabulary.decoder()) {
      case BYTE_LEVEL ->
          ByteLevelAlphabet.decode(token)[0] < 0 || tokenizer.tokenText(id).endsWith("\uFFFD");
      case BYTE_FALLBACK -> Vocabulary.fallbackByte(token) >= 0;
      case OTHER -> token.endsWith("\uFFFD");
    };
  }

  /// Token id of each byte.
  private static int[] byteIds(Tokenizer tokenizer) {
    int[] ids = new int[256];
    Vocabulary vocabulary = ((LibraryTokenizer) tokenizer).vocabulary();
    for (int id = vocabulary.size() - 1; id >= 0; id--) {
      String token = vocabulary.token(id);
      if (token == null) {
        continue;
      }
      int fallback = Vocabulary.fallbackByte(token);
      byte[] bytes = ByteLevelAlphabet.decode(token);
      if (vocabulary.decoder() == DecoderKind.BYTE_LEVEL && bytes.length == 1) {
        ids[Byte.toUnsignedInt(bytes[0])] = id;
      } else if (fallback >= 0) {
        ids[fallback] = id;
      }
    }
    return ids;
  }

  private static Vocabulary vocabulary() {
    try (Tokenizer tokenizer = TestTokenizers.load(TestTokenizers.SENTENCEPIECE)) {
      return ((LibraryTokenizer) tokenizer).vocabulary();
    }
  }
}
