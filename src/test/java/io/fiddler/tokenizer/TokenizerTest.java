package io.fiddler.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TokenizerTest {
  private static final Tokenizer TINY_MOE = TestTokenizers.load(TestTokenizers.TINY_MOE);
  private static final Tokenizer SENTENCEPIECE = TestTokenizers.load(TestTokenizers.SENTENCEPIECE);
  private static final Tokenizer METASPACE = TestTokenizers.load(TestTokenizers.METASPACE);
  private static final String TEXT = "Hello, wörld! 你好 🙂 naïve — def f(x):\n    return x+1\n\0";

  @AfterAll
  static void close() {
    TINY_MOE.close();
    SENTENCEPIECE.close();
    METASPACE.close();
  }

  @Test
  void encode_equalsReference_forGoldenPrompts() throws IOException {
    JsonNode golden;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/golden/tiny-moe/golden.json"))) {
      golden = JsonMapper.shared().readTree(in);
    }
    for (JsonNode goldenCase : golden.path("cases")) {
      int[] expected =
          goldenCase.path("input_ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      assertThat(TINY_MOE.encode(goldenCase.path("prompt").stringValue(), true))
          .isEqualTo(expected);
    }
    assertThat(golden.path("cases").size()).isPositive();
  }

  @Test
  void decode_givesTheTextBack_forAllTokenizersAndAnyCharacter() {
    assertThat(TINY_MOE.decode(TINY_MOE.encode(TEXT, true), true)).isEqualTo(TEXT);
    assertThat(SENTENCEPIECE.decode(SENTENCEPIECE.encode(TEXT, true), true)).isEqualTo(TEXT);
    assertThat(METASPACE.decode(METASPACE.encode("hello world and", true), true))
        .isEqualTo("hello world and");
  }

  @Test
  void encode_addsSpecialTokens_onlyWhenAsked() {
    assertThat(SENTENCEPIECE.encode("the", true)).startsWith(1).hasSize(2);
    assertThat(SENTENCEPIECE.encode("the", false)).doesNotContain(1).hasSize(1);
    assertThat(TINY_MOE.encode("", true)).containsExactly(1);
    assertThat(TINY_MOE.encode("", false)).isEmpty();
  }

  @Test
  void encode_parsesSpecialTokens_writtenInTheText() {
    assertThat(TINY_MOE.encode("<s></s><|im_start|>", false)).containsExactly(1, 2, 3);
    assertThat(TINY_MOE.decode(new int[] {1, 3, 2}, true)).isEmpty();
    assertThat(TINY_MOE.decode(new int[] {1, 3, 2}, false)).isEqualTo("<s><|im_start|></s>");
  }

  @Test
  void encode_neitherTruncatesNorPads_whateverTheFileAsksFor() {
    assertThat(SENTENCEPIECE.encode("the ".repeat(3000), false).length)
        .isGreaterThanOrEqualTo(3000);
    assertThat(SENTENCEPIECE.encode("the", false)).hasSize(1);
    assertThat(TINY_MOE.decode(TINY_MOE.encode("word ".repeat(2000), false), false))
        .isEqualTo("word ".repeat(2000));
  }

  @Test
  void encode_replacesOnlyUnpairedSurrogates() {
    String broken = "a🙂\uD83D b \uDE42";
    assertThat(TINY_MOE.decode(TINY_MOE.encode(broken, false), false))
        .isEqualTo("a🙂\uFFFD b \uFFFD");
  }

  @Test
  void tokenText_isTheTextWithinAText() {
    int the = TINY_MOE.encode("of the", false)[1];
    assertThat(TINY_MOE.tokenText(the)).isEqualTo(" the");
    assertThat(TINY_MOE.tokenText(2)).isEqualTo("</s>");
    assertThat(TINY_MOE.tokenText(TINY_MOE.encode("é", false)[0])).isIn("\uFFFD", "é");

    assertThat(SENTENCEPIECE.tokenText(SENTENCEPIECE.encode("the", false)[0])).isEqualTo(" the");
    assertThat(SENTENCEPIECE.tokenText(3 + 'A')).isEqualTo("A");
    assertThat(SENTENCEPIECE.tokenText(3 + 0xE2)).isEqualTo("\uFFFD");
    assertThat(SENTENCEPIECE.tokenText(1)).isEqualTo("<s>");
    assertThat(METASPACE.tokenText(METASPACE.encode("world", false)[0])).isEqualTo(" world");
  }

  @Test
  void tokenText_refuses_idsOutOfRange() {
    assertThat(TINY_MOE.vocabularySize()).isEqualTo(3072);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TINY_MOE.tokenText(3072))
        .withMessage("token id must be in [0, 3072), got 3072");
    assertThatIllegalArgumentException().isThrownBy(() -> TINY_MOE.tokenText(-1));
  }

  @Test
  void decode_leavesOutIdsWithoutToken_andRefusesNegativeOnes() {
    assertThat(TINY_MOE.decode(new int[] {36 + 1, 1 << 20, 36 + 2}, false)).isEqualTo("AB");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TINY_MOE.decode(new int[] {5, -7}, false))
        .withMessage("token id must be >= 0, got -7");
  }

  @Test
  void specialTokenIds_areThoseMarkedInTheFile() {
    assertThat(TINY_MOE.specialTokenIds()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThat(SENTENCEPIECE.specialTokenIds()).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(METASPACE.vocabularySize()).isEqualTo(37);
  }

  @Test
  void calls_agree_fromSeveralThreads() throws Exception {
    int[] expected = TINY_MOE.encode(TEXT, true);
    Callable<Boolean> task =
        () -> {
          for (int i = 0; i < 300; i++) {
            assertThat(TINY_MOE.encode(TEXT, true)).isEqualTo(expected);
            assertThat(TINY_MOE.decode(expected, true)).isEqualTo(TEXT);
          }
          return true;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Boolean> result : threads.invokeAll(List.of(task, task, task, task))) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  @Test
  void close_endsCallsWithAnException_evenWhileOthersRun() throws Exception {
    Tokenizer tokenizer = TestTokenizers.load(TestTokenizers.TINY_MOE);
    List<Future<?>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 3; i++) {
        results.add(threads.submit(() -> encodeUntilClosed(tokenizer)));
      }
      tokenizer.encode(TEXT, true);
      tokenizer.close();
    }
    for (Future<?> result : results) {
      result.get();
    }
    assertThatNoException().isThrownBy(tokenizer::close);
    assertThatIllegalStateException()
        .isThrownBy(() -> tokenizer.decode(new int[] {5}, false))
        .withMessageContaining("tokenizer is closed")
        .withMessageContaining("tokenizer.json");
  }

  private static void encodeUntilClosed(Tokenizer tokenizer) {
    assertThatIllegalStateException()
        .isThrownBy(() -> {
          while (true) {
            tokenizer.encode(TEXT, true);
          }
        });
  }

  @Test
  void of_namesTheFile_whenItIsMissing(@TempDir Path folder) {
    Path file = folder.resolve("tokenizer.json");
    assertThatExceptionOfType(TokenizerException.class)
        .isThrownBy(() -> TestTokenizers.load(file))
        .withMessage("tokenizer not found (%s)".formatted(file));
  }

  @Test
  void of_saysOneSentence_whenTheFileIsBroken(@TempDir Path folder) throws IOException {
    String whole = Files.readString(TestTokenizers.SENTENCEPIECE);
    List<String> broken =
        List.of(
            "",
            "hello",
            "{}",
            "[]",
            "{\"model\": 3}",
            whole.substring(0, whole.length() / 2),
            whole.replace("\"type\":\"BPE\"", "\"type\":\"Markov\""),
            whole.replace("\"<s>\":1,", "\"<s>\":-1,"),
            whole.replace("\"<s>\":1,", "\"<s>\":2000000000,"),
            whole.replace("\"▁ t\"", "\"▁ nothing\""));
    for (String json : broken) {
      Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
      assertThatExceptionOfType(TokenizerException.class)
          .isThrownBy(() -> TestTokenizers.load(file))
          .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1))
          .withMessageMatching("tokenizer cannot be read: .{10,} \\(.*tokenizer\\.json\\)");
    }
  }
}
