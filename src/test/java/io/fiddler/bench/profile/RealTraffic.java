package io.fiddler.bench.profile;

import io.fiddler.bench.profile.Profiler.Defaults;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.load.Engines;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.TimeBucket;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// What the prompts of `src/test/resources/prompts` make tiny-moe's routers choose, each prompt by
/// itself, and hours of traffic mixed from them.
final class RealTraffic {
  static final List<String> DOMAINS =
      List.of("dictionary", "fiction", "jargon", "scripture", "speeches");

  private static final int MAX_TOKENS = 24;
  private static final Path HOME = Path.of("target", "profile-tests");
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

  private final ExpertGrid grid;
  private final Map<String, List<ActivationStatistics>> prompts;

  private RealTraffic(ExpertGrid grid, Map<String, List<ActivationStatistics>> prompts) {
    this.grid = grid;
    this.prompts = prompts;
  }

  /// Runs all prompts, each as a tenant of its own.
  static RealTraffic run() {
    List<Prompt> all = new ArrayList<>();
    for (String domain : DOMAINS) {
      for (Prompt prompt : PromptFile.read(Engines.resource("prompts").resolve(domain + ".json"))) {
        all.add(
            new Prompt(
                prompt.place(),
                prompt.text(),
                null,
                OptionalInt.empty(),
                domain + "/" + all.size()));
      }
    }
    EngineOptions options =
        new EngineOptions(
            "tiny-moe",
            HOME,
            new DeviceOptions(Kind.EMULATED, 0, 12),
            new HostOptions(2, Kernels.FLOAT32),
            new Limits(16, 16, 256, 0),
            DispatchMode.AUTO);
    try (FiddlerEngine engine =
            new FiddlerEngine(options, Engines::evenSpread, new EngineListener() {});
        Tokenizer tokenizer =
            Tokenizer.of(
                ModelSources.of("tiny-moe", HOME.resolve("models"), 1)
                    .tokenizerFile()
                    .orElseThrow())) {
      engine.load();
      Map<String, ActivationStatistics> counts =
          new Profiler(engine, Optional.of(tokenizer), new Defaults(MAX_TOKENS, "default"), 16)
              .run(all, _ -> {});
      Map<String, List<ActivationStatistics>> prompts = new TreeMap<>();
      counts.forEach((tenant, one) ->
          prompts
              .computeIfAbsent(tenant.substring(0, tenant.indexOf('/')), _ -> new ArrayList<>())
              .add(one));
      return new RealTraffic(engine.model().grid(), prompts);
    }
  }

  ExpertGrid grid() {
    return grid;
  }

  /// Shares of the domains in an hour.
  @FunctionalInterface
  interface Mix {
    double share(String domain, int hour);
  }

  /// Hours of prompts drawn from a mix.
  List<TimeBucket> hours(int hours, int promptsPerHour, Mix mix, SplittableRandom random) {
    List<TimeBucket> buckets = new ArrayList<>();
    for (int hour = 0; hour < hours; hour++) {
      ActivationStatistics counts = new ActivationStatistics(grid);
      for (int i = 0; i < promptsPerHour; i++) {
        List<ActivationStatistics> domain =
            prompts.getOrDefault(draw(mix, hour, random), List.of());
        counts.addAll(domain.get(random.nextInt(domain.size())), 1);
      }
      buckets.add(new TimeBucket(START.plus(Duration.ofHours(hour)), Duration.ofHours(1), counts));
    }
    return buckets;
  }

  private static String draw(Mix mix, int hour, SplittableRandom random) {
    double total = DOMAINS.stream().mapToDouble(domain -> mix.share(domain, hour)).sum();
    double at = random.nextDouble() * total;
    for (String domain : DOMAINS) {
      at -= mix.share(domain, hour);
      if (at < 0) {
        return domain;
      }
    }
    return DOMAINS.getLast();
  }
}
