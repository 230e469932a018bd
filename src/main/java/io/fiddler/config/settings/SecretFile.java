package io.fiddler.config.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// A file that holds one secret, as container platforms mount them.
///
/// @param key the setting that names it
/// @param path where it is
record SecretFile(String key, Path path) {
  private static final int LARGEST = 4096;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  /// What is in it, without blanks and line ends around it.
  ///
  /// @throws InvalidSettingException if it cannot be read or holds nothing
  String read() {
    try {
      if (Files.size(path) > LARGEST) {
        throw new InvalidSettingException(
            key, "a file of at most %d bytes".formatted(LARGEST), Files.size(path) + " bytes");
      }
      String secret = Files.readString(path).strip();
      if (secret.isEmpty()) {
        throw new InvalidSettingException(key, "a file with a key in it", "an empty " + path);
      }
      return secret;
    } catch (IOException e) {
      throw new InvalidSettingException(key, "a file that can be read as text", path);
    }
  }

  /// Why others than its owner may know the secret, in one sentence.
  Optional<String> warning() {
    try {
      Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
      permissions.retainAll(OTHERS);
      return permissions.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "%s: every user of this machine may read or write %s; chmod 600 keeps it to its owner"
                  .formatted(key, path));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
