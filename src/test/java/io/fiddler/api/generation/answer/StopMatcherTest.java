package io.fiddler.api.generation.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopMatcherTest {
  @Test
  void text_passesAtOnce_whenThereAreNoStopStrings() {
    StopMatcher matcher = new StopMatcher(List.of());

    assertThat(matcher.append("abc")).isEqualTo("abc");
    assertThat(matcher.flush()).isEmpty();
    assertThat(matcher.stopped()).isFalse();
  }

  @Test
  void text_isHeldBack_whileItMayBecomeAStopString() {
    StopMatcher matcher = new StopMatcher(List.of("END"));

    assertThat(matcher.append("theE")).isEqualTo("the");
    assertThat(matcher.append("N")).isEmpty();
    assertThat(matcher.append("X")).isEqualTo("ENX");
    assertThat(matcher.append("E")).isEmpty();
    assertThat(matcher.flush()).isEqualTo("E");
    assertThat(matcher.stopped()).isFalse();
  }

  @Test
  void text_endsBeforeTheStopString_whenItCrossesPieces() {
    StopMatcher matcher = new StopMatcher(List.of("END"));

    assertThat(matcher.append("oneE")).isEqualTo("one");
    assertThat(matcher.append("N")).isEmpty();
    assertThat(matcher.append("Dtwo")).isEmpty();
    assertThat(matcher.stopped()).isTrue();
    assertThat(matcher.append("more")).isEmpty();
    assertThat(matcher.flush()).isEmpty();
  }

  @Test
  void heldText_goesOnFromALaterBeginning_whenTheFirstFails() {
    StopMatcher matcher = new StopMatcher(List.of("aab"));

    assertThat(matcher.append("aa")).isEmpty();
    assertThat(matcher.append("a")).isEqualTo("a");
    assertThat(matcher.append("b")).isEmpty();
    assertThat(matcher.stopped()).isTrue();
  }

  @Test
  void firstToEndCounts_thenTheLongest_whenSeveralMatch() {
    StopMatcher first = new StopMatcher(List.of("abc", "b"));
    assertThat(first.append("xabc")).isEqualTo("xa");

    StopMatcher longest = new StopMatcher(List.of("bc", "abc"));
    assertThat(longest.append("xabc")).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void cutting_makesNoDifference_whateverThePieces(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      String text = letters(random, random.nextInt(30));
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        stops.add(letters(random, 1 + random.nextInt(4)));
      }
      StopMatcher matcher = new StopMatcher(stops);
      StringBuilder seen = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(5));
        seen.append(matcher.append(text.substring(at, end)));
        at = end;
      }
      seen.append(matcher.flush());

      assertThat(seen.toString())
          .as("seed %d, round %d, text %s, stops %s", seed, round, text, stops)
          .isEqualTo(expected(text, stops));
    }
  }

  private static String expected(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String before = text.substring(0, end);
      int longest =
          stops.stream().filter(before::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return text.substring(0, end - longest);
      }
    }
    return text;
  }

  private static String letters(SplittableRandom random, int length) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append((char) ('a' + random.nextInt(2)));
    }
    return letters.toString();
  }
}
