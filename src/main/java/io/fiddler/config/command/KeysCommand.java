package io.fiddler.config.command;

import io.fiddler.bench.cli.UsageException;
import io.fiddler.store.MigrationFailedException;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.NameTakenException;
import io.fiddler.usage.access.UnknownKeyException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// `fiddler keys`: makes and changes API keys in the database, whether the service runs or not.
public final class KeysCommand {
  private static final String NAME = "keys";
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 64;

  private final PrintStream out;
  private final PrintStream err;

  private KeysCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// Runs it if the first argument names it.
  ///
  /// @return exit code: 0, 64 if an argument is wrong, 1 if it failed for another reason that was
  ///   told; empty if the first argument names another command
  public static OptionalInt run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0 || !args[0].equals(NAME)) {
      return OptionalInt.empty();
    }
    List<String> given = Arrays.asList(args).subList(1, args.length);
    if (given.contains("--help") || given.contains("-h")) {
      out.print(KeyOptions.USAGE);
      return OptionalInt.of(0);
    }
    return OptionalInt.of(new KeysCommand(out, err).run(given));
  }

  private int run(List<String> args) {
    try {
      KeyOptions options = KeyOptions.of(args);
      try (KeyDatabase database = KeyDatabase.open(options.settings())) {
        act(options, database.administration());
      }
      return 0;
    } catch (UsageException | IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println("fiddler keys --help lists the options");
      return EXIT_USAGE;
    } catch (NameTakenException
        | UnknownKeyException
        | StoreUnavailableException
        | MigrationFailedException e) {
      err.println(e.getMessage());
      return EXIT_FAILURE;
    } catch (KeyDatabase.NotOpenedException e) {
      return EXIT_FAILURE; // What is wrong has been told in one sentence.
    }
  }

  private void act(KeyOptions options, KeyAdministration keys) {
    Actor by = new Actor("command:" + System.getProperty("user.name"), null);
    KeyPrinter text = new KeyPrinter(out, options.json());
    switch (options.action()) {
      case "list" -> text.print(keys.list());
      case "create" -> text.print(keys.create(options.form().settings(), by));
      case "rotate" -> text.print(keys.rotate(options.id(), options.grace(), by));
      case "change" -> text.print(keys.change(options.id(), options.form()::over, by));
      default -> text.print(keys.disable(options.id(), options.action().equals("disable"), by));
    }
  }
}
