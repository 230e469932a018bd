package io.fiddler.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Byte-level, sentencepiece and Unigram tokenizers: nothing but the special tokens changes.
class SealedTokenizerTest {
  private static final List<String> TEXTS =
      List.of(
          "hello",
          " hello  world ",
          "\n\n tabs\tand lines\r\n",
          "naïve café 東京 \uD83D\uDE00",
          "{{ x }} <tag> [INST] < s >",
          "don't 12345 3.14",
          "a\u2581b",
          "");

  static Stream<Path> tokenizers() {
    return Stream.of(
        TestTokenizers.TINY_MOE, TestTokenizers.SENTENCEPIECE, TestTokenizers.METASPACE);
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void tokens_areThePlainOnes_whenSpecialTokensAreOnlyOurs(Path file) {
    try (Tokenizer plain = TestTokenizers.load(file);
        SealedTokenizer sealed = SealedTokenizer.of(file)) {
      for (String special : specials(plain)) {
        for (String text : TEXTS) {
          String prompt = special + text + special + "\n" + text;
          String mixed = sealed.seal(special) + text + sealed.seal(special) + "\n" + text;
          assertThat(sealed.encode(mixed))
              .as("%s in %s", prompt, file)
              .isEqualTo(plain.encode(prompt, false));
          assertThat(sealed.open(mixed)).isEqualTo(prompt);
        }
      }
      for (String text : TEXTS) {
        assertThat(sealed.encode(text)).as(text).isEqualTo(plain.encode(text, false));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void special_isOrdinaryText_whenItWasNotSealed(Path file) {
    try (Tokenizer plain = TestTokenizers.load(file);
        SealedTokenizer sealed = SealedTokenizer.of(file)) {
      List<String> specials = specials(plain);
      assertThat(specials).isNotEmpty();
      for (String special : specials) {
        for (String text : List.of(special, "a" + special + "b", " " + special + special)) {
          assertThat(sealed.encode(text)).as("%s in %s", text, file).doesNotContain(ids(plain));
          if (spells(plain, text)) {
            String decoded = plain.decode(sealed.encode(text), true);
            assertThat(decoded.strip()).isEqualTo(text.strip());
          }
        }
      }
    }
  }

  /// By what plain encoding shows to be special, `<unk>` aside, which unknown text also becomes.
  private static List<String> specials(Tokenizer plain) {
    List<String> specials = new ArrayList<>();
    for (int id : plain.specialTokenIds()) {
      String text = plain.tokenText(id);
      if (!text.equals("<unk>")) {
        specials.add(text);
      }
    }
    return specials;
  }

  /// Whether the vocabulary has all characters of the text.
  private static boolean spells(Tokenizer plain, String text) {
    return text.chars()
        .mapToObj(Character::toString)
        .allMatch(c -> plain.decode(plain.encode(c, false), true).equals(c));
  }

  private static int[] ids(Tokenizer plain) {
    return plain.specialTokenIds().stream()
        .filter(id -> !plain.tokenText(id).equals("<unk>"))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
