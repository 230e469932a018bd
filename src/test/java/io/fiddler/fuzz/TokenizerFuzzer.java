package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.fuzz.Fuzzing.Outcome;
import io.fiddler.tokenizer.Detokenizer;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The main class of a process of its own: the library is native and might take the whole JVM
/// along. What it is at lies in a file, so that whoever started it can tell what it died of.
final class TokenizerFuzzer {
  private static final long SEED = 20261123;
  private static final List<String> TEXTS =
      List.of("", "ROMEO: I", "é 🎻 \u0000 \uFFFD", " </s><s>  \n\n\t a b", "x".repeat(500));

  private final byte[] sound;
  private final Path file;
  private final Path now;

  private TokenizerFuzzer(byte[] sound, Path folder) {
    this.sound = sound;
    this.file = folder.resolve("tokenizer.json");
    this.now = folder.resolve("now.txt");
  }

  /// Runs in a process of its own.
  ///
  /// @param args inputs, folder, a sound tokenizer.json
  public static void main(String[] args) throws IOException {
    TokenizerFuzzer fuzzer =
        new TokenizerFuzzer(Files.readAllBytes(Path.of(args[2])), Path.of(args[1]));
    new Fuzzing<FileMutation>("tokenizer", SEED, 1)
        .run(Integer.parseInt(args[0]), TokenizerFuzzer::mutations, fuzzer::outcome);
  }

  private static List<FileMutation> mutations(SplittableRandom random) {
    List<FileMutation> mutations = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? random.nextInt(2, 5) : 1;
    for (int i = 0; i < count; i++) {
      mutations.add(FileMutation.of("tokenizer.json", random));
    }
    return mutations;
  }

  private Outcome outcome(List<FileMutation> mutations) {
    byte[] bytes = sound;
    for (FileMutation mutation : mutations) {
      bytes = mutation.apply(bytes);
    }
    try {
      Files.write(file, bytes);
      Files.write(now, mutations.toString().getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Tokenizer tokenizer = Tokenizer.of(file)) {
      return use(tokenizer);
    } catch (TokenizerException e) {
      String fault = Sentences.fault(e.getMessage());
      return fault.isEmpty() ? Outcome.fine("refused") : Outcome.wrong("refused badly", fault);
    } catch (RuntimeException | Error e) {
      return Outcome.wrong("load: " + e.getClass().getSimpleName(), LoaderFuzzTest.trace(e));
    }
  }

  /// What is loaded must work: a request must not find out that it does not.
  private static Outcome use(Tokenizer tokenizer) {
    try {
      for (String text : TEXTS) {
        int[] ids = tokenizer.encode(text, true);
        var _ = tokenizer.decode(ids, false);
        Detokenizer detokenizer = tokenizer.detokenizer(true);
        for (int id : ids) {
          var _ = detokenizer.append(id);
        }
        var _ = detokenizer.flush();
      }
      for (int id = 0; id < Math.min(50, tokenizer.vocabularySize()); id++) {
        var _ = tokenizer.tokenText(id);
      }
      return Outcome.fine("works");
    } catch (RuntimeException | Error e) {
      return Outcome.wrong("use: " + e.getClass().getSimpleName(), LoaderFuzzTest.trace(e));
    }
  }
}
