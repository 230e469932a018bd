package io.fiddler.config.command;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.learning.simulation.WhatIf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What `simulate` is asked.
///
/// @param whatIf the question
/// @param machine file of the basis; the latest in `fiddler.home` if empty
/// @param traces file to read traces from; the database if empty
/// @param export file to write the traces to
/// @param json where the JSON goes: a file, `-` for standard output
/// @param settings of the service
record SimulateOptions(
    WhatIf whatIf,
    Optional<Path> machine,
    Optional<Path> traces,
    Optional<Path> export,
    Optional<String> json,
    List<String> settings) {
  static final String USAGE =
      """
      usage: fiddler simulate [options] [settings]
      Replays recorded traces of requests and prints what another device memory, policy or machine would have
      done with them: hit rate, bytes copied, tokens/s; beside it what an oracle could have reached.

        --memory=24GiB           device memory (default: what the service had)
        --experts=N              resident experts instead
        --policy=NAME            whose curve is drawn: auto, even, frequency, decode-weighted, tenant-weighted, blend
                                 (default: fiddler.placement.policy)
        --copy=2.0 --host=1.5    copies to the device, the CPU: so many times as fast (default 1)
        --concurrency=N          requests at once (default 1)
        --json=FILE              write JSON too; - for standard output, instead of the table
        --machine=FILE           what the service wrote of model and machine when it stopped or simulated
                                 (default: the latest in the folder simulation of fiddler.home)
        --traces=FILE            traces from a file instead of the database
        --export=FILE            write the traces that are used to a file
        --fiddler.home=..., --spring.datasource.url=... and so on   settings, as for the service; without a URL
                                 the embedded database of fiddler.home, while the service does not run. The
                                 running service answers GET /actuator/simulation
      """;

  /// Parses the arguments; those with a dot in their names are settings.
  ///
  /// @throws UsageException naming the argument that is wrong
  static SimulateOptions of(List<String> args) {
    List<String> settings = new ArrayList<>();
    List<String> own = new ArrayList<>();
    for (String arg : args) {
      String name = arg.split("=", 2)[0];
      (arg.startsWith("--") && name.contains(".") ? settings : own).add(arg);
    }
    CommandLine line = new CommandLine(own.toArray(String[]::new));
    line.operands(0);
    try {
      SimulateOptions options =
          new SimulateOptions(
              new WhatIf(
                  line.has("memory")
                      ? OptionalLong.of(line.bytes("memory", 0))
                      : OptionalLong.empty(),
                  line.has("experts")
                      ? OptionalInt.of(line.integer("experts", 0, 0))
                      : OptionalInt.empty(),
                  line.text("policy"),
                  line.positive("copy").orElse(1),
                  line.positive("host").orElse(1),
                  line.integer("concurrency", 1, 1)),
              line.text("machine").map(Path::of),
              line.text("traces").map(Path::of),
              line.text("export").map(Path::of),
              line.text("json"),
              settings);
      line.requireAllTaken();
      return options;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}
