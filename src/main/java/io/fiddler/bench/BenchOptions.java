package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.measure.Scenario;
import io.fiddler.bench.measure.ScenarioRun.Effort;
import io.fiddler.bench.probe.ProbeOptions;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `bench` measures, and how.
///
/// @param model see {@link io.fiddler.model.load.ModelSources}
/// @param setup what the engine runs on
/// @param placement what chooses the resident experts
/// @param scenarios what is measured, in order
/// @param maxStepTokens most rows of a step
/// @param kvCacheTokens positions of the key/value cache
/// @param correcting bytes a second at most of experts exchanged while decoding is measured once
///   more; 0 for no such measurement
/// @param effort how much is measured
/// @param json where the JSON goes: a file, `-` for standard output
/// @param trace folder for traces
record BenchOptions(
    String model,
    EngineSetup setup,
    PlacementChoice placement,
    List<Scenario> scenarios,
    int maxStepTokens,
    int kvCacheTokens,
    long correcting,
    Effort effort,
    Optional<String> json,
    Optional<String> trace) {
  static final String USAGE =
      """
      usage: fiddler bench [options]
      Measures what this machine can do, then what the engine does on it, and prints both side by side.

        --model=MODEL            a model directory, tiny-moe, or random weights of a shape, made in memory:
                                 synthetic:mixtral-8x7b?layers=3&seed=1 (default tiny-moe)
        --skew=S                 routers of a synthetic model prefer some experts, as Zipf's law with
                                 exponent S has it (default 0: all alike)
        --placement=even|learned   resident experts: the same number in each layer, or what counted
                                 traffic of the same kind prefers (default even)
      """
          + EngineSetup.USAGE
          + """
            --preset=single|prefill|beam|issue   scenarios of the paper, or those of the project's table
            --requests=1,16 --prompt=32,512 --tokens=64   or every combination of these: requests at once,
                                     length of each prompt, tokens generated (default 1, 32, 64)
            --beams=1,4              and of these: widths of beam search, 1 being none (default 1)
            --max-step-tokens=N      most rows of a step (default: the longest prompt, 512 at least)
            --kv-cache-tokens=N      positions of the key/value cache (default: what the scenarios need)
            --correcting=BYTES       then the same rounds in turns with and without experts being exchanged,
                                     BYTES a second of them at most, such as 1GiB: what that costs a step
            --repeats=3 --warmup=1   rounds of each scenario, and short ones before that do not count
            --seconds=300            most time for the rounds of a scenario
            --probe-memory=2GiB --probe-seconds=0.5   memory read to probe the machine, time for each probe
            --json=FILE              write JSON too; - for standard output, the table then goes to standard error
            --trace=FOLDER           write what the lanes do in a few steps of each scenario, for the
                                     trace viewer of a browser
          """;

  private static final int LEAST_STEP_TOKENS = 512;

  /// What chooses the resident experts.
  enum PlacementChoice {
    EVEN,
    LEARNED
  }

  /// Parses the arguments.
  ///
  /// @throws io.fiddler.bench.cli.UsageException naming the argument that is wrong
  static BenchOptions of(CommandLine line) {
    line.operands(0);
    String given = line.text("model").orElse("tiny-moe");
    String model =
        line.text("skew").map(skew -> EngineSetup.modelWithSkew(given, skew)).orElse(given);
    List<Scenario> scenarios = scenarios(line);
    int longest = most(scenarios.stream().map(Scenario::promptTokens).toList());
    int running = most(scenarios.stream().map(Scenario::sequences).toList());
    int cache = most(scenarios.stream().map(s -> s.cacheTokens(CacheRoom.BLOCK_TOKENS)).toList());
    BenchOptions options =
        new BenchOptions(
            model,
            EngineSetup.of(line),
            line.constant("placement", PlacementChoice.class, PlacementChoice.EVEN),
            scenarios,
            line.integer(
                "max-step-tokens",
                Math.max(LEAST_STEP_TOKENS, Math.max(longest, running)),
                running),
            line.integer("kv-cache-tokens", cache, 1),
            line.bytes("correcting", 0),
            effort(line),
            line.text("json"),
            line.text("trace"));
    line.requireAllTaken();
    return options;
  }

  private static List<Scenario> scenarios(CommandLine line) {
    if (!line.has("preset")) {
      return Preset.product(
          line.integers("requests", List.of(1), 1),
          line.integers("prompt", List.of(32), 1),
          line.integers("tokens", List.of(64), 1),
          line.integers("beams", List.of(1), 1));
    }
    // Left alone, --requests and its like are refused as unknown beside a preset.
    return line.constant("preset", Preset.class, Preset.ISSUE).scenarios();
  }

  private static Effort effort(CommandLine line) {
    return new Effort(
        line.integer("warmup", 1, 0),
        line.integer("repeats", 3, 1),
        line.integer("seconds", 300, 1),
        new ProbeOptions(
            Math.max(1 << 20, line.bytes("probe-memory", ProbeOptions.DEFAULT.memoryBytes())),
            line.positive("probe-seconds").orElse(ProbeOptions.DEFAULT.seconds())));
  }

  private static int most(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  Limits limits() {
    int running = most(scenarios.stream().map(Scenario::sequences).toList());
    // Repeated prompts are to be computed each time.
    return new Limits(running, running, maxStepTokens, kvCacheTokens).with(PrefixCache.OFF);
  }

  /// All of them, as they are in force, by their names.
  Map<String, String> describe() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", model);
    setup.describe(options);
    options.put("placement", EngineSetup.lower(placement));
    options.put(
        "scenarios", scenarios.stream().map(Scenario::name).collect(Collectors.joining("; ")));
    options.put("max-step-tokens", Integer.toString(maxStepTokens));
    options.put("kv-cache-tokens", Integer.toString(kvCacheTokens));
    options.put("correcting", correcting + " bytes");
    options.put("repeats", Integer.toString(effort.rounds()));
    options.put("warmup", Integer.toString(effort.warmUps()));
    options.put("seconds", Integer.toString(effort.seconds()));
    options.put("probe-memory", effort.probes().memoryBytes() + " bytes");
    options.put("probe-seconds", Double.toString(effort.probes().seconds()));
    return options;
  }
}
