package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.tokenizer.Detokenizer;
import io.fiddler.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A tokenizer whose tokens are the bytes of UTF-8, so that a test can choose where characters and
/// stop strings are cut. Token 256 begins a text, token 257 ends one.
final class ByteTokenizer implements Tokenizer {
  static final int BEGIN = 256;
  static final int END = 257;
  static final int VOCAB_SIZE = 258;

  private volatile @Nullable Error broken;

  /// Makes it fail as a broken class path would; null mends it.
  void breakWith(@Nullable Error error) {
    broken = error;
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    Error error = broken;
    if (error != null) {
      throw error;
    }
    byte[] bytes = text.getBytes(UTF_8);
    int first = addSpecialTokens ? 1 : 0;
    int[] ids = new int[bytes.length + first];
    for (int i = 0; i < bytes.length; i++) {
      ids[i + first] = bytes[i] & 0xff;
    }
    if (addSpecialTokens) {
      ids[0] = BEGIN;
    }
    return ids;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      if (id < BEGIN) {
        bytes.write(id);
      }
    }
    return bytes.toString(UTF_8);
  }

  @Override
  public String tokenText(int id) {
    return id == BEGIN ? "<s>" : id == END ? "</s>" : decode(new int[] {id}, false);
  }

  @Override
  public byte[] tokenBytes(int id) {
    return id < BEGIN ? new byte[] {(byte) id} : new byte[0];
  }

  @Override
  public boolean dropsFirstSpace() {
    return false;
  }

  @Override
  public int vocabularySize() {
    return VOCAB_SIZE;
  }

  @Override
  public Set<Integer> specialTokenIds() {
    return Set.of(BEGIN, END);
  }

  @Override
  public Detokenizer detokenizer(boolean skipSpecialTokens) {
    return new ByteDetokenizer();
  }

  @Override
  public void close() {}

  private static final class ByteDetokenizer implements Detokenizer {
    private final CharsetDecoder decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(16);
    private final CharBuffer characters = CharBuffer.allocate(16);

    @Override
    public String append(int tokenId) {
      if (tokenId < BEGIN) {
        bytes.put((byte) tokenId);
      }
      bytes.flip();
      decoder.decode(bytes, characters, false);
      bytes.compact();
      return taken();
    }

    @Override
    public String flush() {
      bytes.flip();
      decoder.decode(bytes, characters, true);
      decoder.flush(characters);
      return taken();
    }

    private String taken() {
      characters.flip();
      String text = characters.toString();
      characters.clear();
      return text;
    }
  }
}
