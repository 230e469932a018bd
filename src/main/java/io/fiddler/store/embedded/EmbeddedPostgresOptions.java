package io.fiddler.store.embedded;

import java.nio.file.Path;
import java.util.Map;

/// Where and how the embedded server runs.
///
/// @param folder its own folder: lock, password, and data unless the server's account cannot reach
///   it
/// @param binaries where the binaries are unpacked; may be shared by several servers
/// @param shelter where the data go if the account cannot reach `folder`
/// @param port port on 127.0.0.1; 0 for a free one
/// @param settings settings of the server on top of ours, by name
public record EmbeddedPostgresOptions(
    Path folder, Path binaries, Path shelter, int port, Map<String, String> settings) {
  /// Root's home is closed to every other account, this is where services keep their state.
  private static final Path SHELTER = Path.of("/var/lib/fiddler");

  public EmbeddedPostgresOptions {
    // The server's programs run elsewhere, so none of these may be relative.
    folder = folder.toAbsolutePath();
    binaries = binaries.toAbsolutePath();
    shelter = shelter.toAbsolutePath();
    settings = Map.copyOf(settings);
  }

  /// As the service runs it: everything under `home/postgres`, a free port.
  public static EmbeddedPostgresOptions in(Path home) {
    Path folder = home.resolve("postgres");
    return new EmbeddedPostgresOptions(folder, folder.resolve("bin"), SHELTER, 0, Map.of());
  }

  /// The same with another port.
  public EmbeddedPostgresOptions onPort(int other) {
    return new EmbeddedPostgresOptions(folder, binaries, shelter, other, settings);
  }
}
