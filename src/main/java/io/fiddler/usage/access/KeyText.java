package io.fiddler.usage.access;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A key as its owner has it: `fdl_<id>_<secret>`, the id public, the secret 256 random bits. Only
/// this says both; it is shown once and never kept.
///
/// @param id the public part
/// @param text all of it
public record KeyText(String id, String text) {
  private static final String PREFIX = "fdl_";
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int ID_CHARACTERS = 12;
  private static final int SECRET_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "([a-z0-9]{" + ID_CHARACTERS + "})_[A-Za-z0-9_-]{43}");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /// A new one with an id of its own.
  public static KeyText create(SecureRandom random) {
    return another(id(random), random);
  }

  /// A new secret for an id.
  public static KeyText another(String id, SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new KeyText(id, PREFIX + id + "_" + BASE64.encodeToString(secret));
  }

  /// What somebody sent, if it has the form of a key.
  public static Optional<KeyText> parse(String sent) {
    Matcher matcher = FORM.matcher(sent);
    return matcher.matches() ? Optional.of(new KeyText(matcher.group(1), sent)) : Optional.empty();
  }

  /// What is kept of it.
  public KeyDigest digest() {
    return KeyDigest.of(text);
  }

  private static String id(RandomGenerator random) {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_CHARACTERS; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "KeyText[" + PREFIX + id + "_***]";
  }
}
