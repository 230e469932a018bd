package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The server's programs, run under its account.
///
/// @param account whose
/// @param folder what has `bin/postgres`
/// @param workFolder a folder the account can enter
record ServerPrograms(ServerAccount account, Path folder, Path workFolder) {
  /// Runs `bin/name`.
  Command run(String name, List<String> arguments) throws IOException {
    String program = folder.resolve("bin").resolve(name).toString();
    return Command.run(workFolder, account.command(Command.join(List.of(program), arguments)));
  }
}
