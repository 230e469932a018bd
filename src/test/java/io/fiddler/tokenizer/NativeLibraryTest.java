package io.fiddler.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each test in a JVM of its own: the library loads its native code once.
final class NativeLibraryTest {
  @TempDir private Path folder;

  @Test
  void nativeCode_isUnpackedBelowTheGivenCache() throws Exception {
    Path cache = folder.resolve("some/cache");
    assertThat(load(List.of(), cache)).contains("vocabulary 3072");
    try (var files = Files.walk(cache)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  @Test
  void operatorsCache_takesPrecedence() throws Exception {
    Path operators = folder.resolve("operators");
    Path cache = folder.resolve("ours");
    assertThat(load(List.of("-DENGINE_CACHE_DIR=" + operators), cache)).contains("vocabulary 3072");
    assertThat(operators).isNotEmptyDirectory();
    assertThat(cache).doesNotExist();
  }

  @Test
  void load_saysWhatIsWrong_whenTheCacheCannotBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThat(load(List.of(), file.resolve("cache")))
        .contains("TokenizerException: cannot make the folder for the native tokenizer library")
        .contains(file.resolve("cache").toString());
    assertThat(load(List.of("-DENGINE_CACHE_DIR=" + file.resolve("cache")), folder))
        .contains("TokenizerException: the native tokenizer library does not load on ")
        .contains("ENGINE_CACHE_DIR must name a folder this process can write")
        .contains("tokenizer.json");
  }

  @Test
  void load_saysWhatIsWrong_whenTheNativeCodeIsBroken() throws Exception {
    Path library =
        Files.writeString(folder.resolve(System.mapLibraryName("tokenizers")), "no library");
    assertThat(load(List.of("-DRUST_LIBRARY_PATH=" + library), folder))
        .contains("TokenizerException: the native tokenizer library does not load on ")
        .contains("UnsatisfiedLinkError");
  }

  /// Output of a JVM that loads tiny-moe's tokenizer, twice if the first fails.
  private static String load(List<String> options, Path cache) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(options);
    command.addAll(List.of(Loader.class.getName(), cache.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  /// What those JVMs run.
  static final class Loader {
    private Loader() {}

    public static void main(String[] args) {
      for (int attempt = 0; attempt < 2; attempt++) {
        try (Tokenizer tokenizer = Tokenizer.of(TestTokenizers.TINY_MOE, Path.of(args[0]))) {
          System.out.println("vocabulary " + tokenizer.vocabularySize());
          return;
        } catch (TokenizerException e) {
          System.out.println(e);
        }
      }
    }
  }
}
