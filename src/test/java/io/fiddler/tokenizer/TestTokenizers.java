package io.fiddler.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The tokenizers that tests use.
public final class TestTokenizers {
  /// Byte-level BPE.
  public static final Path TINY_MOE = file("/models/tiny-moe/tokenizer.json");

  /// BPE with byte fallback, as Llama 2.
  public static final Path SENTENCEPIECE = file("/tokenizers/sentencepiece-bpe.json");

  /// Unigram with Metaspace, as T5.
  static final Path METASPACE = file("/tokenizers/metaspace-unigram.json");

  private static final Path NATIVE_CACHE = Path.of("target/native-tokenizers");

  private TestTokenizers() {}

  /// The tokenizer of a file.
  public static Tokenizer load(Path tokenizerJson) {
    return Tokenizer.of(tokenizerJson, NATIVE_CACHE);
  }

  /// A resource, which may lie in a jar, as a file.
  private static Path file(String resource) {
    try (InputStream in =
        Objects.requireNonNull(TestTokenizers.class.getResourceAsStream(resource), resource)) {
      Path folder = Files.createTempDirectory("fiddler-tokenizer-");
      Path file = folder.resolve(Path.of(resource).getFileName().toString());
      Files.copy(in, file);
      // In reverse order: the file, then its folder.
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
