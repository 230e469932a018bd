package io.fiddler.tokenizer;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Text to token ids and back, as the model's `tokenizer.json` says. Thread-safe, {@link #close()}
/// included: it waits for calls in progress, later ones throw IllegalStateException.
///
/// Ids that no token has (models pad their vocabulary) stand for no text; negative ids are refused
/// with IllegalArgumentException.
public interface Tokenizer extends AutoCloseable {
  /// Token ids of `text`, with the special tokens the model wants before a prompt if
  /// `addSpecialTokens`. Never truncated.
  ///
  /// Special tokens written out in `text` (`</s>`) become those tokens, as vLLM and other servers
  /// do for raw completion prompts. So do not encode a chat message this way: whoever writes it
  /// could end its turn. Unpaired surrogates count as U+FFFD.
  int[] encode(String text, boolean addSpecialTokens);

  /// Text of `ids`, without special tokens if `skipSpecialTokens`.
  String decode(int[] ids, boolean skipSpecialTokens);

  /// The text of one token as reported in log-probabilities, written as within a text: with its
  /// leading space, special tokens by name. Bytes that are no character become U+FFFD.
  ///
  /// @throws IllegalArgumentException if `id` is not in [0, {@link #vocabularySize()})
  String tokenText(int id);

  /// The bytes that a token adds to a text it stands within: what a detokeniser that skips special
  /// tokens makes of it, once the characters are whole. Empty for special tokens and for ids
  /// without a token; null if this tokenizer's decoder does more than join the bytes of tokens.
  ///
  /// @throws IllegalArgumentException if `id` is not in [0, {@link #vocabularySize()})
  byte @Nullable [] tokenBytes(int id);

  /// Whether a text loses the space it begins with, as sentencepiece's do: the first token's {@link
  /// #tokenBytes} begin with it.
  boolean dropsFirstSpace();

  /// A detokeniser for one generation.
  Detokenizer detokenizer(boolean skipSpecialTokens);

  /// One more than the highest id of a token. The model's own vocabulary may be larger (padded).
  int vocabularySize();

  /// Ids of the special tokens.
  Set<Integer> specialTokenIds();

  @Override
  void close();

  /// The tokenizer in a model directory. Its native library is unpacked once to where
  /// `ENGINE_CACHE_DIR` (environment or system property) says, else below the user's home.
  ///
  /// @param tokenizerJson path of `tokenizer.json`
  /// @throws TokenizerException if it cannot be read, or if the native library cannot be loaded
  static Tokenizer of(Path tokenizerJson) {
    return LibraryTokenizer.load(tokenizerJson, null);
  }

  /// The tokenizer in a model directory, with a place for its native library.
  ///
  /// @param tokenizerJson path of `tokenizer.json`
  /// @param nativeCache folder to unpack the native library to; made if need be. Only the first
  ///   tokenizer of a process decides, and `ENGINE_CACHE_DIR` takes precedence
  /// @throws TokenizerException if it cannot be read, or if the native library cannot be loaded
  static Tokenizer of(Path tokenizerJson, Path nativeCache) {
    return LibraryTokenizer.load(tokenizerJson, nativeCache);
  }
}
