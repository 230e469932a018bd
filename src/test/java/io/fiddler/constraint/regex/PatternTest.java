package io.fiddler.constraint.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.constraint.json.Content;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PatternTest {
  private static final int MAX_STATES = 2_000;
  private static final String LETTERS = "abcAB01 \n-_é😀";

  private static Content pattern(String regex) {
    return Pattern.of(regex, 0, Integer.MAX_VALUE, MAX_STATES);
  }

  private static boolean matches(Content content, String text) {
    Content left = content;
    for (int codePoint : text.codePoints().toArray()) {
      left = left == null ? null : left.next(codePoint);
    }
    return left != null && left.mayEnd();
  }

  private static String text(SplittableRandom random) {
    int[] letters = LETTERS.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^a+b*$", "^(a|b|ab)*c$", "^[^a]{2,4}$", "a.c", "^\\d+(-\\d+)?$", "\\s", "^\\w*$",
            "[a-c]{3}",
        "^(?:a{2}){1,2}b?$", "^a|b$", "^$", "", "^[\\d_-]+$", "^.{3}$", "^[\\w é😀]+?$",
            "(a|)(b|)c",
        "^a{0}b$", "^\\x61\\u0062$"
      })
  void pattern_findsWhatTheJdkFinds(String regex) {
    Content content = pattern(regex);
    // The JDK's $ also ends before a last line break, ECMA-262's does not; and \w, \d, \s are
    // ASCII.
    java.util.regex.Pattern jdk = java.util.regex.Pattern.compile(regex.replace("$", "\\z"));
    SplittableRandom random = new SplittableRandom(regex.hashCode());
    for (int i = 0; i < 3_000; i++) {
      String text = text(random);
      assertThat(matches(content, text))
          .as("%s in \"%s\"", regex, text)
          .isEqualTo(jdk.matcher(text).find());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"^[a-c]+$", "^(ab)*$", "b"})
  void pattern_hasTheLengthAskedFor(String regex) {
    Content content = Pattern.of(regex, 2, 4, MAX_STATES);
    java.util.regex.Pattern jdk = java.util.regex.Pattern.compile(regex.replace("$", "\\z"));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 3_000; i++) {
      String text = text(random);
      long length = text.codePoints().count();
      assertThat(matches(content, text))
          .as(text)
          .isEqualTo(jdk.matcher(text).find() && length >= 2 && length <= 4);
    }
  }

  @Test
  void pattern_isNeverADeadEnd() {
    Content content = Pattern.of("^(aaa|aab)*b$", 4, 5, MAX_STATES);
    assertThat(content.next('b')).isNull();
    assertThat(matches(content, "aaab")).isTrue();
    assertThat(matches(content, "aabb")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "(?=a)b!look-around",
        "(a)\\1!\\1",
        "\\bword!\\b",
        "\\p{L}!\\p",
        "a^b!an anchor within",
        "(^a$)!an anchor within",
        "a{3,2}!maximum is below its minimum",
        "a{9999}!count further than 1000",
        "(a!close every group",
        "a)!did not open",
        "[a!close every [",
        "*a!something to repeat",
        "a**!repeat a repetition",
        "[z-a]!ends before it begins",
        "\\!end in a backslash",
        "\\ud800!surrogate",
        "((a{1000}){1000}){1000}!must need at most",
        "[^\\s\\S]!match some text",
        "(a|b)*a(a|b){20}!must need at most 2000 states"
      })
  void pattern_isRefusedWithAReason_whenItCannotBeKept(String regex, String reason) {
    assertThatThrownBy(() -> pattern(regex))
        .isInstanceOf(RegexException.class)
        .hasMessageContaining(reason);
  }
}
