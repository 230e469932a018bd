package io.fiddler.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The Hugging Face library behind our contract. It is thread-safe except for closing, which would
/// free native memory under a running call: hence the lock.
final class LibraryTokenizer implements Tokenizer {
  // By default it cuts texts at 512 tokens.
  private static final Map<String, String> WHOLE_TEXTS =
      Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");

  /// How sentencepiece writes a space.
  private static final String META_SPACE = "\u2581";

  private static final Pattern PARSER_SOURCE = Pattern.compile(" \\([a-zA-Z ]+ at \\[Source:.*");
  private static final int LONGEST_REASON = 300;

  private final HuggingFaceTokenizer library;
  private final Vocabulary vocabulary;
  private final Set<Integer> specialIds;
  // What one token's text is shown after, since decoders drop the space of a text's first token.
  private final int[] before;
  private final String beforeText;
  private final boolean dropsFirstSpace;
  private final Path file;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private LibraryTokenizer(HuggingFaceTokenizer library, Vocabulary vocabulary, Path file) {
    this.library = library;
    this.vocabulary = vocabulary;
    this.specialIds = vocabulary.specialIds();
    this.file = file;
    this.before = encode("a", false);
    this.beforeText = decode(before, false);
    this.dropsFirstSpace = findDropsFirstSpace();
  }

  static Tokenizer load(Path file, @Nullable Path nativeCache) {
    return of(read(file), file, nativeCache);
  }

  /// @param file where `json` comes from, for messages
  static Tokenizer of(byte[] json, Path file, @Nullable Path nativeCache) {
    NativeLibrary.prepare(nativeCache);
    try {
      PlainJson.require(json);
      LibraryLimits.require(json);
      Vocabulary vocabulary = VocabularyReader.read(json);
      HuggingFaceTokenizer library =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_TEXTS);
      return new LibraryTokenizer(library, vocabulary, file);
    } catch (LinkageError | EngineException e) {
      throw NativeLibrary.unavailable(e, file);
    } catch (IOException | RuntimeException e) {
      throw unreadable(e, file);
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    long[] ids =
        whileOpen(() -> library.encode(wellFormed(text), addSpecialTokens, false).getIds());
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      Vocabulary.requireId(ids[i]);
      wide[i] = ids[i];
    }
    return whileOpen(() -> library.decode(wide, skipSpecialTokens));
  }

  @Override
  public String tokenText(int id) {
    requireInVocabulary(id);
    if (vocabulary.decoder() == DecoderKind.BYTE_LEVEL) {
      return decode(new int[] {id}, false);
    }
    int[] both = Arrays.copyOf(before, before.length + 1);
    both[before.length] = id;
    return decode(both, false).substring(beforeText.length());
  }

  @Override
  public byte @Nullable [] tokenBytes(int id) {
    requireInVocabulary(id);
    String token = vocabulary.visibleToken(id, true);
    if (token == null) {
      return new byte[0];
    }
    return switch (vocabulary.decoder()) {
      case BYTE_LEVEL -> ByteLevelAlphabet.decode(token);
      case BYTE_FALLBACK -> {
        int b = Vocabulary.fallbackByte(token);
        yield b >= 0 ? new byte[] {(byte) b} : tokenText(id).getBytes(StandardCharsets.UTF_8);
      }
      case OTHER -> null;
    };
  }

  @Override
  public boolean dropsFirstSpace() {
    return vocabulary.decoder() == DecoderKind.BYTE_FALLBACK && dropsFirstSpace;
  }

  /// Found out by decoding one token that begins with a space, alone.
  private boolean findDropsFirstSpace() {
    for (int id = 0; id < vocabulary.size(); id++) {
      String token = vocabulary.visibleToken(id, true);
      if (token != null && token.startsWith(META_SPACE) && token.length() > 1) {
        return !decode(new int[] {id}, true).startsWith(" ");
      }
    }
    return false;
  }

  @Override
  public Detokenizer detokenizer(boolean skipSpecialTokens) {
    return vocabulary.decoder() == DecoderKind.BYTE_LEVEL
        ? new ByteLevelDetokenizer(vocabulary, skipSpecialTokens)
        : new WindowDetokenizer(ids -> decode(ids, false), vocabulary, skipSpecialTokens);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public Set<Integer> specialTokenIds() {
    return specialIds;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      library.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void requireInVocabulary(int id) {
    if (id < 0 || id >= vocabulary.size()) {
      throw new IllegalArgumentException(
          "token id must be in [0, %d), got %d".formatted(vocabulary.size(), id));
    }
  }

  private <T> T whileOpen(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("tokenizer is closed (%s)".formatted(file));
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /// `text` with U+FFFD for unpaired surrogates: the library would garble every character beyond
  /// U+FFFF of such a text.
  private static String wellFormed(String text) {
    if (text.codePoints().noneMatch(LibraryTokenizer::isSurrogate)) {
      return text;
    }
    int[] codePoints = text.codePoints().map(c -> isSurrogate(c) ? 0xFFFD : c).toArray();
    return new String(codePoints, 0, codePoints.length);
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TokenizerException("tokenizer not found (%s)".formatted(file), e);
    } catch (IOException e) {
      throw unreadable(e, file);
    }
  }

  private static TokenizerException unreadable(Exception e, Path file) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    // Where in its own source a parser stands says nothing to anybody.
    String reason = PARSER_SOURCE.matcher(first).replaceFirst("");
    if (reason.length() > LONGEST_REASON) {
      reason = reason.substring(0, LONGEST_REASON) + "...";
    }
    return new TokenizerException("tokenizer cannot be read: %s (%s)".formatted(reason, file), e);
  }
}
