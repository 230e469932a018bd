package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// Where binaries and data lie: in the service's folder, or elsewhere if the server's account
/// cannot reach that.
///
/// @param base parent of the data
/// @param binaries parent of the binaries
/// @param remark what the log says about the choice; empty if there is nothing to say
record ServerSite(Path base, Path binaries, String remark) {
  /// The site for `folder`, always the same for the same folder.
  static ServerSite choose(EmbeddedPostgresOptions options, Path folder, ServerAccount account)
      throws IOException {
    if (account == ServerAccount.SAME) {
      return new ServerSite(folder, options.binaries(), "");
    }
    if (account.reaches(folder)) {
      Files.createDirectories(options.binaries());
      Path binaries =
          account.reaches(options.binaries()) ? options.binaries() : folder.resolve("bin");
      return new ServerSite(folder, binaries, "");
    }
    String name = UUID.nameUUIDFromBytes(folder.toString().getBytes(StandardCharsets.UTF_8)) + "";
    Path base = Folders.create(options.shelter().resolve(name), "rwxr-xr-x").toRealPath();
    if (!account.reaches(base)) {
      throw new EmbeddedPostgresException(
          "PostgreSQL cannot run as root, and the account it runs under instead reaches neither %s nor %s: set fiddler.home to a folder every account can enter"
              .formatted(folder, base));
    }
    return new ServerSite(
        base,
        base.resolve("bin"),
        ", since it cannot run as root and no other account can enter " + folder);
  }
}
