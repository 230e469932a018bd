package io.fiddler.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/// The commands that need no database, and where they start without the service: in the engine
/// bundle.
public final class EngineMain {
  private static final int EXIT_USAGE = 64;

  private EngineMain() {}

  /// Runs the command that the first argument names and ends the process with its exit code, 64 if
  /// there is none of that name.
  public static void main(String[] args) {
    OptionalInt exitCode = run(args, System.out);
    if (exitCode.isEmpty()) {
      System.err.println("the first argument must be bench, got " + Arrays.toString(args));
    }
    System.exit(exitCode.orElse(EXIT_USAGE));
  }

  /// Runs the command that the first argument names.
  ///
  /// @return exit code of the command; empty if the first argument names none
  public static OptionalInt run(String[] args, PrintStream out) {
    if (args.length == 0) {
      return OptionalInt.empty();
    }
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    return switch (args[0]) {
      case "bench" -> OptionalInt.of(BenchCommand.run(rest, home(), out));
      default -> OptionalInt.empty();
    };
  }

  /// Folder for unpacked models and measured latencies: `FIDDLER_HOME`, as for the service, or
  /// `~/.fiddler`.
  private static Path home() {
    String named = System.getenv("FIDDLER_HOME");
    return named == null || named.isBlank()
        ? Path.of(System.getProperty("user.home"), ".fiddler")
        : Path.of(named);
  }
}
