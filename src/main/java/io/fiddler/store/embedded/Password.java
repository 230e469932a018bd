package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/// The database's password: random, in a file that only the service's account can read, so that
/// being on the same machine is not enough to read the requests.
final class Password {
  private static final int SECRET_BYTES = 24;

  private Password() {}

  /// The password kept in `file`, made if there is none.
  static String in(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      write(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  /// Writes `password` to a new `file` that nobody else can read, not even for a moment.
  static void write(Path file, String password) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, password + "\n");
  }
}
