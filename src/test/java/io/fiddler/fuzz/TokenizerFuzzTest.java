package io.fiddler.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Spoilt tokenizers, in a process of their own: each either works or is refused with a sentence.
final class TokenizerFuzzTest {
  private static final int SAMPLE = 500;
  private static final int FULL = 10_000;

  @TempDir private Path folder;

  @Test
  void spoiltTokenizers_workOrAreRefusedWithASentence() throws Exception {
    int inputs = Fuzzing.inputs("tokenizer", SAMPLE, FULL);
    Path sound = Path.of("src", "test", "resources", "tokenizers", "sentencepiece-bpe.json");

    ChildJvm.Ended ended =
        ChildJvm.run(
            TokenizerFuzzer.class,
            Duration.ofMinutes(2).plusMillis(200L * inputs),
            Integer.toString(inputs),
            folder.toString(),
            sound.toString());

    assertThat(ended.exitCode()).as(() -> "at %s:%n%s".formatted(now(), ended.output())).isZero();
    JsonNode report =
        JsonMapper.shared()
            .readTree(Files.readString(Path.of("target", "soak", "fuzz-tokenizer.json")));
    assertThat(report.get("findings").values()).isEmpty();
    assertThat(report.get("kinds").propertyNames()).contains("refused", "works");
  }

  private String now() {
    try {
      return Files.readString(folder.resolve("now.txt"));
    } catch (IOException e) {
      return "the start";
    }
  }
}
