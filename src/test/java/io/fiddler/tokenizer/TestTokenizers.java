package io.fiddler.tokenizer;

import java.nio.file.Path;

/// The tokenizers that tests use.
final class TestTokenizers {
  /// Byte-level BPE.
  static final Path TINY_MOE = Path.of("src/main/resources/models/tiny-moe/tokenizer.json");

  /// BPE with byte fallback, as Llama 2.
  static final Path SENTENCEPIECE = Path.of("src/test/resources/tokenizers/sentencepiece-bpe.json");

  /// Unigram with Metaspace, as T5.
  static final Path METASPACE = Path.of("src/test/resources/tokenizers/metaspace-unigram.json");

  private static final Path NATIVE_CACHE = Path.of("target/native-tokenizers");

  private TestTokenizers() {}

  static Tokenizer load(Path tokenizerJson) {
    return Tokenizer.of(tokenizerJson, NATIVE_CACHE);
  }
}
