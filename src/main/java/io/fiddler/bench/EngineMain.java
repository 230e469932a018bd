package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.cuda.CudaUnavailableException;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.engine.file.InvalidFileException;
import io.fiddler.model.ModelLoadException;
import io.fiddler.safetensors.SafetensorsException;
import io.fiddler.tokenizer.TokenizerException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// The commands that need no database, and where they start without the service: in the engine
/// bundle.
public final class EngineMain {
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 64;
  private static final String LOGBACK_FILE = "logback.configurationFile";
  private static final Map<String, Command> COMMANDS =
      new TreeMap<>(
          Map.of(
              "bench", new BenchCommand(),
              "plan", new PlanCommand(),
              "profile", new ProfileCommand(),
              "synthesize", new SynthesizeCommand()));

  private EngineMain() {}

  /// Runs the command that the first argument names and ends the process with its exit code, 64 if
  /// there is none of that name.
  public static void main(String[] args) {
    OptionalInt exitCode = run(args, System.out, System.err);
    if (exitCode.isEmpty()) {
      System.err.println(
          "the first argument must be one of %s, got %s"
              .formatted(COMMANDS.keySet(), Arrays.toString(args)));
    }
    System.exit(exitCode.orElse(EXIT_USAGE));
  }

  /// Runs the command that the first argument names.
  ///
  /// @param out for results
  /// @param err for progress and what is wrong
  /// @return exit code of the command: 0, 64 if an argument is wrong, 1 if it failed for another
  ///   reason that was told; empty if the first argument names no command
  public static OptionalInt run(String[] args, PrintStream out, PrintStream err) {
    return run(args, home(), out, err);
  }

  /// The same with another folder for unpacked models and measured latencies than {@link #home}.
  static OptionalInt run(String[] args, Path home, PrintStream out, PrintStream err) {
    Command command = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (command == null) {
      return OptionalInt.empty();
    }
    logToStandardError();
    try {
      CommandLine line = new CommandLine(Arrays.copyOfRange(args, 1, args.length));
      if (line.isHelp()) {
        out.print(command.usage());
      } else {
        command.run(line, home, new Console(out, err));
      }
      return OptionalInt.of(0);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("fiddler " + args[0] + " --help lists the options");
      return OptionalInt.of(EXIT_USAGE);
    } catch (ModelLoadException
        | SafetensorsException
        | DeviceMemoryException
        | DeviceOptionsException
        | CudaUnavailableException
        | TokenizerException
        | InvalidFileException e) {
      err.println(e.getMessage());
      return OptionalInt.of(EXIT_FAILURE);
    }
  }

  /// Where Logback is, it would write to standard output, which is for results. Works as long as
  /// nothing has logged yet.
  private static void logToStandardError() {
    if (System.getProperty(LOGBACK_FILE) == null) {
      System.setProperty(LOGBACK_FILE, "io/fiddler/bench/logback-commands.xml");
    }
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
