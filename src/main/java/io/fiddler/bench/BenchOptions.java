package io.fiddler.bench;

import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What `bench` measures, from its arguments `--name=value`.
///
/// @param model see {@link io.fiddler.model.ModelSources}
/// @param device kind of device
/// @param experts resident experts, -1 to fill the device
/// @param threads threads that compute on the CPU
/// @param kernels which kernels the CPU computes with
/// @param promptTokens length of each prompt
/// @param newTokens tokens generated for each
/// @param requests generations at once
/// @param repeats measured rounds, after one that warms up
record BenchOptions(
    String model,
    Kind device,
    int experts,
    int threads,
    Kernels kernels,
    int promptTokens,
    int newTokens,
    int requests,
    int repeats) {
  static final String USAGE =
      """
      usage: bench [--model=tiny-moe|DIRECTORY|synthetic:mixtral-8x7b?layers=3] [--device=none|emulated]
                   [--experts=N] [--threads=N] [--kernels=auto|float32]
                   [--prompt=32] [--tokens=64] [--requests=1] [--repeats=3]
      """;

  /// Parses the arguments.
  ///
  /// @throws IllegalArgumentException naming the argument that is wrong
  static BenchOptions parse(String[] args) {
    Map<String, String> values = new TreeMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (!arg.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException("arguments have the form --name=value, got " + arg);
      }
      values.put(arg.substring(2, equals), arg.substring(equals + 1));
    }
    String model = take(values, "model", "tiny-moe");
    Kind device = constant("device", Kind.class, take(values, "device", "none"));
    int defaultThreads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    BenchOptions options =
        new BenchOptions(
            model,
            device,
            number(values, "experts", -1, -1),
            number(values, "threads", defaultThreads, 1),
            constant("kernels", Kernels.class, take(values, "kernels", "auto")),
            number(values, "prompt", 32, 1),
            number(values, "tokens", 64, 2),
            number(values, "requests", 1, 1),
            number(values, "repeats", 3, 1));
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("unknown argument --" + values.keySet().iterator().next());
    }
    return options;
  }

  private static <E extends Enum<E>> E constant(String name, Class<E> type, String value) {
    try {
      return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--%s must be one of %s, got %s"
              .formatted(
                  name, Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT), value),
          e);
    }
  }

  private static int number(Map<String, String> values, String name, int defaultValue, int least) {
    String value = take(values, name, String.valueOf(defaultValue));
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, with the rule
    }
    throw new IllegalArgumentException(
        "--%s must be a whole number of at least %d, got %s".formatted(name, least, value));
  }

  private static String take(Map<String, String> values, String name, String defaultValue) {
    String value = values.remove(name);
    return value == null ? defaultValue : value;
  }
}
