package io.fiddler.page;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.http.MediaType;

/// A file of a page, in memory.
///
/// @param type what it is
/// @param etag names its content, quoted
/// @param content owned, never changed
@SuppressWarnings("ArrayRecordComponent") // never compared
record StaticFile(MediaType type, String etag, byte[] content) {
  private static final Map<String, MediaType> TYPES =
      Map.of(
          "html", MediaType.parseMediaType("text/html;charset=UTF-8"),
          "css", MediaType.parseMediaType("text/css;charset=UTF-8"),
          "js", MediaType.parseMediaType("text/javascript;charset=UTF-8"),
          "json", MediaType.APPLICATION_JSON,
          "svg", MediaType.parseMediaType("image/svg+xml"));
  private static final int ETAG_BYTES = 12;

  /// A file by its name and content.
  ///
  /// @throws IllegalArgumentException if the name's ending is none of a page
  static StaticFile of(String name, byte[] content) {
    MediaType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalArgumentException(
          "a file of a page must end with one of %s, got %s".formatted(TYPES.keySet(), name));
    }
    return new StaticFile(type, etag(content), content);
  }

  /// Whether it is what a browser opens.
  boolean isPage() {
    return type.isCompatibleWith(MediaType.TEXT_HTML);
  }

  private static String etag(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(digest, 0, ETAG_BYTES) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
