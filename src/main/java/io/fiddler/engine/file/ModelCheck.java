package io.fiddler.engine.file;

/// Refuses files of other models: what one model's routers prefer says nothing about another's.
final class ModelCheck {
  /// Enough to tell models apart.
  private static final int SHOWN = 12;

  private ModelCheck() {}

  static void requireFingerprint(Fields json, String fingerprint) {
    String found = json.text("fingerprint");
    if (!found.equals(fingerprint)) {
      throw new InvalidFileException(
          "fingerprint must be that of the model served, %s, got %s: the file was made for another model (%s)"
              .formatted(shown(fingerprint), shown(found), json.file()));
    }
  }

  private static String shown(String fingerprint) {
    return fingerprint.length() <= SHOWN ? fingerprint : fingerprint.substring(0, SHOWN) + "...";
  }
}
