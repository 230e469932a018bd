package io.fiddler.bench.profile;

import io.fiddler.bench.measure.GenerationEnd;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.file.InvalidFileException;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Runs prompts through an engine, greedily, and counts what its routers choose.
public final class Profiler {
  private final Engine engine;
  private final Optional<Tokenizer> tokenizer;
  private final Defaults defaults;
  private final int atOnce;

  /// What prompts that say nothing else get.
  ///
  /// @param maxTokens most tokens to generate
  /// @param tenant whose they are
  public record Defaults(int maxTokens, String tenant) {}

  /// How far it is.
  ///
  /// @param prompts finished
  /// @param promptTokens read
  /// @param completionTokens generated
  public record Progress(int prompts, long promptTokens, long completionTokens) {}

  /// Over an engine.
  ///
  /// @param engine loaded, without other traffic
  /// @param tokenizer the model's; without it prompts must be tokens
  /// @param atOnce most generations submitted at a time
  public Profiler(Engine engine, Optional<Tokenizer> tokenizer, Defaults defaults, int atOnce) {
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.defaults = defaults;
    this.atOnce = atOnce;
  }

  /// Runs all; returns the counts of each tenant.
  ///
  /// @param progress told after each prompt
  /// @throws InvalidFileException if the model cannot take a prompt, which is named
  public Map<String, ActivationStatistics> run(List<Prompt> prompts, Consumer<Progress> progress) {
    Map<String, ActivationSnapshot> before = engine.activations().snapshot();
    Progress soFar = new Progress(0, 0, 0);
    Deque<GenerationEnd> running = new ArrayDeque<>();
    for (Prompt prompt : prompts) {
      if (running.size() == atOnce) {
        soFar = ended(running.remove(), soFar, progress);
      }
      running.add(submit(prompt));
    }
    while (!running.isEmpty()) {
      soFar = ended(running.remove(), soFar, progress);
    }
    return counted(before, engine.activations().snapshot());
  }

  private GenerationEnd submit(Prompt prompt) {
    int[] tokens = tokens(prompt);
    GenerationEnd end = new GenerationEnd(prompt.place());
    try {
      engine.submit(
          new GenerationRequest(
              Origin.of(prompt.tenant() == null ? defaults.tenant() : prompt.tenant()),
              tokens,
              prompt.maxTokens().orElse(defaults.maxTokens()),
              Decoding.sampled(SamplingParameters.greedy()),
              Set.of(),
              false,
              -1,
              false),
          end);
    } catch (IllegalArgumentException e) {
      throw new InvalidFileException(prompt.place() + ": " + e.getMessage(), e);
    }
    return end;
  }

  private int[] tokens(Prompt prompt) {
    int vocabSize = engine.model().config().vocabSize();
    int[] tokens = prompt.tokens();
    if (tokens == null) {
      Tokenizer encoder =
          tokenizer.orElseThrow(() ->
              new InvalidFileException(
                  "%s: the model has no tokenizer, so prompts must be given as prompt_tokens"
                      .formatted(prompt.place())));
      tokens = encoder.encode(String.valueOf(prompt.text()), true);
    }
    for (int token : tokens) {
      if (token >= vocabSize) {
        throw new InvalidFileException(
            "%s: a token id must be in [0, %d), got %d"
                .formatted(prompt.place(), vocabSize, token));
      }
    }
    if (tokens.length == 0) {
      throw new InvalidFileException(prompt.place() + ": the prompt has no tokens");
    }
    return tokens;
  }

  private static Progress ended(GenerationEnd end, Progress soFar, Consumer<Progress> progress) {
    GenerationReport report = end.report();
    Progress next =
        new Progress(
            soFar.prompts + 1,
            soFar.promptTokens + report.promptTokens(),
            soFar.completionTokens + report.completionTokens());
    progress.accept(next);
    return next;
  }

  private Map<String, ActivationStatistics> counted(
      Map<String, ActivationSnapshot> before, Map<String, ActivationSnapshot> after) {
    ExpertGrid grid = engine.model().grid();
    Map<String, ActivationStatistics> byTenant = new TreeMap<>();
    after.forEach((tenant, counts) -> {
      ActivationSnapshot meanwhile =
          counts.minus(before.getOrDefault(tenant, ActivationSnapshot.zero(grid)));
      if (meanwhile.total() > 0) {
        byTenant.put(tenant, ActivationStatistics.of(grid, meanwhile));
      }
    });
    return byTenant;
  }
}
