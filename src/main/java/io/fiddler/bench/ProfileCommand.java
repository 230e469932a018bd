package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.bench.profile.Profiler;
import io.fiddler.bench.profile.Profiler.Progress;
import io.fiddler.bench.profile.Prompt;
import io.fiddler.bench.profile.PromptFile;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.file.InvalidFileException;
import io.fiddler.engine.file.PlacementFile;
import io.fiddler.engine.file.StatisticsFile;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `fiddler profile`: activation statistics of prompts, offline, and a placement from them.
final class ProfileCommand implements Command {
  @Override
  public String usage() {
    return ProfileOptions.USAGE;
  }

  @Override
  public void run(CommandLine line, Path home, Console console) {
    ProfileOptions options = ProfileOptions.of(line);
    // Better known before a model is loaded and prompts ran for an hour.
    requireWritable("--out", options.out());
    options.placement().ifPresent(file -> requireWritable("--placement", file));
    List<Prompt> prompts = PromptFile.read(options.prompts());
    Optional<Path> tokenizer =
        ModelSources.of(options.model(), home.resolve("models"), options.setup().host().threads())
            .tokenizerFile();
    LoadLines loading = new LoadLines(console);
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onStatus(EngineStatus status) {
            loading.accept(status);
          }
        };
    try (FiddlerEngine engine =
        new FiddlerEngine(engineOptions(options, home), ProfileCommand::evenSpread, listener)) {
      engine.load();
      if (tokenizer.isPresent()) {
        try (Tokenizer opened = Tokenizer.of(tokenizer.get())) {
          profile(engine, Optional.of(opened), prompts, options, console);
        }
      } else {
        profile(engine, Optional.empty(), prompts, options, console);
      }
    }
  }

  private static void profile(
      FiddlerEngine engine,
      Optional<Tokenizer> tokenizer,
      List<Prompt> prompts,
      ProfileOptions options,
      Console console) {
    int capacity = placementCapacity(engine, options);
    ProfileLines lines = new ProfileLines(prompts.size(), console);
    Map<String, ActivationStatistics> counts;
    try {
      counts =
          new Profiler(engine, tokenizer, options.defaults(), options.limits().maxRunning())
              .run(prompts, lines);
    } catch (InvalidFileException e) {
      throw new InvalidFileException(options.prompts() + ": " + e.getMessage(), e);
    }
    ModelSummary model = engine.model();
    StatisticsFile statistics = new StatisticsFile(model.name(), model.fingerprint(), counts);
    statistics.write(options.out(), model.grid());
    Progress done = lines.last();
    console.result(
        "%s: %d prompts of %d tokens, %d generated, %.0f choices of experts counted",
        options.out(),
        done.prompts(),
        done.promptTokens(),
        done.completionTokens(),
        statistics.total(model.grid()).total());
    options
        .placement()
        .ifPresent(file -> {
          Placement placement = plan(options, model, statistics, capacity);
          new PlacementFile(model.fingerprint(), placement).write(file);
          console.result(
              "%s: %d of %d experts (%s), hit rate %.3f on these prompts",
              file,
              placement.experts().size(),
              model.grid().size(),
              placement.policy(),
              placement.forecast().overall());
        });
  }

  private static Placement plan(
      ProfileOptions options, ModelSummary model, StatisticsFile statistics, int capacity) {
    ActivationStatistics total = statistics.total(model.grid());
    return options
        .policy()
        .plan(new PastActivations(total, total, statistics.byTenant(), List.of()), capacity);
  }

  /// Experts of the placement to be written.
  private static int placementCapacity(FiddlerEngine engine, ProfileOptions options) {
    int asked = options.setup().device().experts();
    int capacity = asked >= 0 ? asked : engine.device().expertCapacity();
    if (options.placement().isPresent() && capacity == 0) {
      throw new UsageException(
          "--placement needs --experts, the number of experts to place: there is no device here whose"
              + " room could tell");
    }
    return capacity;
  }

  private static void requireWritable(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isWritable(folder) || Files.isDirectory(file)) {
      throw new UsageException(
          "%s must be a file that can be written, got %s".formatted(option, file));
    }
  }

  private static EngineOptions engineOptions(ProfileOptions options, Path home) {
    DeviceOptions device = options.setup().device();
    return new EngineOptions(
        options.model(),
        home,
        // --experts is how many are to be placed on another machine.
        new DeviceOptions(device.kind(), device.memoryBytes(), -1, device.ordinal()),
        options.setup().host(),
        options.limits(),
        options.setup().dispatch(),
        options.setup().laneOptions(LaneOptions.DEFAULT.timelineEvery()));
  }

  private static VersionedPlacement evenSpread(ModelSummary model, int capacity) {
    return new VersionedPlacement(
        0, new EvenSpreadPolicy().plan(PastActivations.none(model.grid()), capacity));
  }
}
