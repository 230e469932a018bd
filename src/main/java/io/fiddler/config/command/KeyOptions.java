package io.fiddler.config.command;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.usage.access.KeyForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `keys` is asked.
///
/// @param action one of [#ACTIONS]
/// @param id of the key that it is about; empty if it is about none
/// @param form what is to become of it
/// @param grace how long the present secret still counts
/// @param json whether to answer in JSON
/// @param settings of the service
record KeyOptions(
    String action, String id, KeyForm form, Duration grace, boolean json, List<String> settings) {
  static final String USAGE =
      """
      usage: fiddler keys create --name=NAME [options] [settings]
             fiddler keys list [settings]
             fiddler keys change ID [options] [settings]
             fiddler keys rotate ID [--grace=12h] [settings]
             fiddler keys disable|enable ID [settings]
      Makes and changes API keys in the database, whether the service runs or not. A new secret is printed once.

        --name=NAME              for people; no other key has it
        --tenant=TENANT          whose its requests are (default: default)
        --scopes=A,B             of inference, read, admin (default: inference)
        --requests-per-minute=N  limits; none takes one away
        --tokens-per-minute=N    of prompts and answers
        --concurrent-requests=N
        --monthly-tokens=N
        --priority=N             from -100 to 100, higher ones first (default: 0)
        --max-context=N          most tokens of a prompt and its answer
        --expires-at=TIME        such as 2027-01-31 or 2027-01-31T08:00:00Z
        --grace=TIME             how long the present secret still counts, such as 30m or 7d (default: not at all)
        --output=json            JSON instead of a table
        --fiddler.home=..., --spring.datasource.url=... and so on   settings, as for the service
      """;

  private static final Set<String> WITHOUT_ID = Set.of("create", "list");
  private static final Set<String> WITH_ID = Set.of("change", "rotate", "disable", "enable");

  /// Parses the arguments; those with a dot in their names are settings.
  ///
  /// @throws UsageException naming the argument that is wrong
  static KeyOptions of(List<String> args) {
    List<String> settings = new ArrayList<>();
    List<String> own = new ArrayList<>();
    for (String arg : args) {
      String name = arg.split("=", 2)[0];
      (arg.startsWith("--") && name.contains(".") ? settings : own).add(arg);
    }
    CommandLine line = new CommandLine(own.toArray(String[]::new));
    List<String> operands = line.operands(2);
    String action = operands.isEmpty() ? "" : operands.getFirst();
    if (!WITHOUT_ID.contains(action) && !WITH_ID.contains(action)) {
      throw new UsageException(
          "keys needs an action: create, list, change, rotate, disable or enable, got "
              + (action.isEmpty() ? "none" : action));
    }
    int expected = WITH_ID.contains(action) ? 2 : 1;
    if (operands.size() != expected) {
      throw new UsageException(
          expected == 2
              ? "keys %s needs the id of a key".formatted(action)
              : "keys %s takes no id, got %s".formatted(action, operands.get(1)));
    }
    KeyForm form =
        new KeyForm(
            take(line, "name"),
            take(line, "tenant"),
            line.text("scopes").map(text -> List.of(text.split(",", -1))).orElse(null),
            take(line, "requests-per-minute"),
            take(line, "tokens-per-minute"),
            take(line, "concurrent-requests"),
            take(line, "monthly-tokens"),
            take(line, "priority"),
            take(line, "max-context"),
            take(line, "expires-at"));
    try {
      Duration grace = KeyForm.duration("--grace", take(line, "grace"));
      boolean json = line.text("output").filter("json"::equals).isPresent();
      line.requireAllTaken();
      return new KeyOptions(
          action, expected == 2 ? operands.get(1) : "", form, grace, json, settings);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String take(CommandLine line, String name) {
    return line.text(name).orElse(null);
  }
}
