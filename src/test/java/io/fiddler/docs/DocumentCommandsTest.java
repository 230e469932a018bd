package io.fiddler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.EngineMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every command of a document is run: here, or by what the table {@link Elsewhere} names, or it
/// needs what a build has not and the table says what.
final class DocumentCommandsTest {
  private static final String PLAN = "java .*-jar \\S+ plan .*";

  /// What is known of an H100's host, so that this machine is not probed.
  private static final List<String> RATES =
      List.of("--cpu-bandwidth=160", "--copy-bandwidth=50", "--device-bandwidth=3000");

  @Test
  void everyCommand_isRun() {
    List<String> unknown =
        CommandBlock.all()
            .flatMap(block ->
                block.commands().stream()
                    .filter(command -> !CurlScript.runs(command))
                    .filter(command -> !command.matches(PLAN))
                    .filter(command -> Elsewhere.of(command).isEmpty())
                    .map(command -> block.place() + " " + command))
            .toList();
    assertThat(unknown).as("commands that nothing runs").isEmpty();
  }

  @Test
  void whatRunsThem_isThere() throws IOException {
    Set<String> tests = DocumentLinksTest.testClasses();
    List<Elsewhere> missing =
        Elsewhere.table().stream()
            .filter(DocumentCommandsTest::isUsed)
            .filter(each -> !each.by().isEmpty())
            .filter(each -> !tests.contains(each.by()) && Files.notExists(Path.of(each.by())))
            .toList();
    assertThat(missing).isEmpty();
  }

  private static boolean isUsed(Elsewhere entry) {
    return CommandBlock.all()
        .flatMap(block -> block.commands().stream())
        .anyMatch(command -> entry.command().matcher(command).matches());
  }

  @TestFactory
  Stream<DynamicTest> plan_forecasts(@TempDir Path folder) throws IOException {
    Path config = Files.writeString(folder.resolve("config.json"), MIXTRAL);
    return CommandBlock.all()
        .flatMap(block -> block.commands().stream())
        .filter(command -> command.matches(PLAN))
        .distinct()
        .map(command -> DynamicTest.dynamicTest(command, () -> plan(command, config)));
  }

  private static void plan(String command, Path config) {
    List<String> arguments = new ArrayList<>(Arrays.asList(command.split(" ")));
    arguments.subList(0, arguments.indexOf("plan")).clear();
    arguments.replaceAll(each -> each.startsWith("/models/") ? config.toString() : each);
    if (!command.contains("bandwidth")) {
      arguments.addAll(RATES);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(EngineMain.run(arguments.toArray(String[]::new), print, print))
        .as("%s", out)
        .hasValue(0);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("32 layers, 256 experts", "of 256 experts");
  }

  private static final String MIXTRAL =
      """
      {"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
       "vocab_size": 32000, "max_position_embeddings": 32768, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0,
       "torch_dtype": "bfloat16", "bos_token_id": 1, "eos_token_id": 2}
      """;
}
