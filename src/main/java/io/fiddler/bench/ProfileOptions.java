package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.bench.profile.Profiler.Defaults;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.policy.PolicyCatalogue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `profile` runs, and where it writes.
///
/// @param prompts file of prompts
/// @param model see {@link io.fiddler.model.load.ModelSources}
/// @param setup what the engine runs on
/// @param limits sizes of batch and cache
/// @param defaults of prompts that say nothing else
/// @param out file for the statistics
/// @param placement file for a placement, if one is wanted
/// @param policy of that placement
record ProfileOptions(
    Path prompts,
    String model,
    EngineSetup setup,
    Limits limits,
    Defaults defaults,
    Path out,
    Optional<Path> placement,
    PlacementPolicy policy) {
  static final String USAGE =
      """
      usage: fiddler profile PROMPTS --out=FILE [options]
      Runs prompts without a service and writes which experts they choose, so that a service's first
      start is warm: --fiddler.placement.statistics=FILE. PROMPTS has a line of JSON for each prompt, a
      text, {"prompt": "..."} or {"prompt_tokens": [1, 2]}, with max_tokens and tenant if wanted, or is one
      JSON array of such.

        --out=FILE               the statistics, as JSON
        --model=MODEL            a model directory, tiny-moe or synthetic:... (default tiny-moe)
        --max-tokens=64          tokens generated after a prompt that says nothing else
        --tenant=default         whose a prompt is that says nothing else
        --placement=FILE         write a placement too, for --fiddler.placement.file=FILE
        --policy=frequency       how it is planned
        --requests=16            prompts at once
        --max-step-tokens=512    most rows of a step
        --kv-cache-tokens=N      positions of the key/value cache (default: the engine's)
      """
          + EngineSetup.USAGE.replace(
              "resident experts (default: as many as fit)",
              "experts of --placement (default: as many as fit here)");

  static ProfileOptions of(CommandLine line) {
    List<String> operands = line.operands(1);
    if (operands.isEmpty()) {
      throw new UsageException("profile needs a file of prompts");
    }
    int requests = line.integer("requests", 16, 1);
    ProfileOptions options =
        new ProfileOptions(
            path("the file of prompts", operands.getFirst()),
            line.text("model").orElse("tiny-moe"),
            EngineSetup.of(line),
            new Limits(
                    requests,
                    requests,
                    line.integer("max-step-tokens", Math.max(512, requests), requests),
                    line.integer("kv-cache-tokens", 0, 1))
                // Every token's choices count, those of a common beginning too.
                .with(PrefixCache.OFF),
            new Defaults(line.integer("max-tokens", 64, 0), line.text("tenant").orElse("default")),
            line.text("out")
                .map(file -> path("--out", file))
                .orElseThrow(
                    () -> new UsageException("profile needs --out, a file for the statistics")),
            line.text("placement").map(file -> path("--placement", file)),
            policy(line.text("policy").orElse("frequency")));
    line.requireAllTaken();
    return options;
  }

  private static PlacementPolicy policy(String text) {
    try {
      return PolicyCatalogue.withDefaults().policy(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--policy: " + e.getMessage());
    }
  }

  private static Path path(String what, String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new UsageException("%s cannot be used: %s".formatted(what, e.getMessage()));
    }
  }
}
