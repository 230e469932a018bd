package io.fiddler.tokenizer;

import java.nio.file.Path;

/// Text to token ids and back, as the model's `tokenizer.json` says. Thread-safe.
public interface Tokenizer extends AutoCloseable {
  /// Token ids of `text`, with the special tokens the model wants before a prompt if
  /// `addSpecialTokens`.
  int[] encode(String text, boolean addSpecialTokens);

  /// Text of `ids`, without special tokens if `skipSpecialTokens`.
  String decode(int[] ids, boolean skipSpecialTokens);

  /// The text of one token as reported in log-probabilities; bytes that are no character become
  /// U+FFFD.
  String tokenText(int id);

  /// A detokeniser for one generation.
  Detokenizer detokenizer(boolean skipSpecialTokens);

  @Override
  void close();

  /// The tokenizer in a model directory.
  ///
  /// @param tokenizerJson path of `tokenizer.json`
  /// @throws TokenizerException if it cannot be read
  static Tokenizer of(Path tokenizerJson) {
    throw new UnsupportedOperationException("not written yet");
  }
}
