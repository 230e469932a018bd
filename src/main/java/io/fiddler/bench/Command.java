package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import java.nio.file.Path;

/// One of the commands that need no database.
interface Command {
  /// Its options, for people.
  String usage();

  /// Does it.
  ///
  /// @param home folder for unpacked models and measured latencies
  /// @throws io.fiddler.bench.cli.UsageException if an argument is wrong
  void run(CommandLine line, Path home, Console console);
}
