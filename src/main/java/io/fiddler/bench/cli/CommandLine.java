package io.fiddler.bench.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// The arguments of one command. Every option is taken once by its name; what is left over in the
/// end is unknown.
public final class CommandLine {
  private static final String HELP = "help";

  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> operands = new ArrayList<>();

  /// Parses `--name=value`, `--help` and operands.
  ///
  /// @throws UsageException if an option has no value or is given twice
  public CommandLine(String... args) {
    for (String arg : args) {
      if (arg.equals("--" + HELP) || arg.equals("-h")) {
        options.put(HELP, "");
      } else if (arg.startsWith("-")) {
        option(arg);
      } else {
        operands.add(arg);
      }
    }
  }

  private void option(String arg) {
    int equals = arg.indexOf('=');
    if (!arg.startsWith("--") || equals < 0) {
      throw new UsageException("options have the form --name=value, got " + arg);
    }
    String name = arg.substring(2, equals);
    if (options.put(name, arg.substring(equals + 1)) != null) {
      throw new UsageException("--%s is given twice".formatted(name));
    }
  }

  /// Whether help was asked for, whatever else is wrong.
  public boolean isHelp() {
    return options.containsKey(HELP);
  }

  /// The operands, at most `most`.
  public List<String> operands(int most) {
    if (operands.size() > most) {
      throw new UsageException(
          "an option begins with --, got "
              + String.join(" ", operands.subList(most, operands.size())));
    }
    return List.copyOf(operands);
  }

  /// Whether an option is given and not taken yet.
  public boolean has(String name) {
    return options.containsKey(name);
  }

  /// An option's value.
  public Optional<String> text(String name) {
    return Optional.ofNullable(options.remove(name));
  }

  /// A whole number.
  public int integer(String name, int absent, int least) {
    return text(name).map(value -> parse(name, value, least)).orElse(absent);
  }

  /// Whole numbers with commas between them.
  public List<Integer> integers(String name, List<Integer> absent, int least) {
    return text(name)
        .map(value ->
            Arrays.stream(value.split(",", -1)).map(one -> parse(name, one, least)).toList())
        .orElse(absent);
  }

  private static int parse(String name, String value, int least) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the rule.
    }
    throw new UsageException(
        "--%s must be a whole number of at least %d, got %s".formatted(name, least, value));
  }

  /// A number above zero.
  public OptionalDouble positive(String name) {
    return text(name)
        .map(value -> OptionalDouble.of(parsePositive(name, value)))
        .orElse(OptionalDouble.empty());
  }

  private static double parsePositive(String name, String value) {
    try {
      double number = Double.parseDouble(value);
      if (number > 0 && number < Double.POSITIVE_INFINITY) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the rule.
    }
    throw new UsageException("--%s must be a number above 0, got %s".formatted(name, value));
  }

  /// A number of bytes, such as `24GiB`.
  public long bytes(String name, long absent) {
    return text(name).map(value -> ByteCount.parse(name, value)).orElse(absent);
  }

  /// One of the constants of `type`, in lower case.
  public <E extends Enum<E>> E constant(String name, Class<E> type, E absent) {
    return text(name).map(value -> parse(name, value, type)).orElse(absent);
  }

  private static <E extends Enum<E>> E parse(String name, String value, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
        return constant;
      }
    }
    throw new UsageException(
        "--%s must be one of %s, got %s"
            .formatted(
                name, Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT), value));
  }

  /// Refuses options that nothing has taken.
  public void requireAllTaken() {
    if (!options.isEmpty()) {
      throw new UsageException("unknown option --" + options.keySet().iterator().next());
    }
  }
}
