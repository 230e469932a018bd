package io.fiddler.usage.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The SHA-256 of a key's text: what is kept of its secret.
public final class KeyDigest {
  /// Bytes of it.
  public static final int SIZE_BYTES = 32;

  private final byte[] bytes;

  private KeyDigest(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Of a key's text.
  public static KeyDigest of(String text) {
    try {
      return new KeyDigest(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// As it was kept.
  ///
  /// @throws IllegalArgumentException if it has another size
  public static KeyDigest ofBytes(byte[] kept) {
    if (kept.length != SIZE_BYTES) {
      throw new IllegalArgumentException(
          "a digest must have %d bytes, got %d".formatted(SIZE_BYTES, kept.length));
    }
    return new KeyDigest(kept.clone());
  }

  /// To be kept.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// Whether both are the same, in a time that does not tell where they differ.
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyDigest digest && MessageDigest.isEqual(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "KeyDigest[***]";
  }
}
