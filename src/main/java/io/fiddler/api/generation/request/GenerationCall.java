package io.fiddler.api.generation.request;

import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.TokenConstraint;
import io.fiddler.sampling.beam.BeamParameters;
import io.fiddler.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A request ready to run on the model.
///
/// @param asking how the client calls what it asks for
/// @param settings how it wants its text
/// @param prompts its prompts
/// @param modelName the model's name as clients know it
/// @param model the engine's model
/// @param tokenizer its tokenizer, if it has one
/// @param origin who asks
/// @param constraint makes what restricts a text's tokens; null if nothing does, as of beams
/// @param stopTokenIds tokens that end a text; the model's own if empty
/// @param shownTokens special tokens that belong to the text, as marks of tool calls do
public record GenerationCall(
    Asking asking,
    GenerationSettings settings,
    List<EncodedPrompt> prompts,
    String modelName,
    ModelSummary model,
    @Nullable Tokenizer tokenizer,
    Origin origin,
    @Nullable Supplier<TokenConstraint> constraint,
    Set<Integer> stopTokenIds,
    Set<Integer> shownTokens) {
  public GenerationCall {
    prompts = List.copyOf(prompts);
    stopTokenIds = Set.copyOf(stopTokenIds);
    shownTokens = Set.copyOf(shownTokens);
  }

  /// Choices of the answer.
  public int numChoices() {
    return prompts.size() * settings.candidates().n();
  }

  /// Texts that the engine tells of: the answer's choices, or more, of which these are chosen.
  public int numTexts() {
    return prompts.size() * settings.candidates().texts();
  }

  /// Generations that the engine runs.
  public int numGenerations() {
    return prompts.size() * settings.candidates().generations();
  }

  /// The prompt of a text: texts are numbered prompt by prompt.
  public EncodedPrompt promptOf(int text) {
    return prompts.get(text / settings.candidates().texts());
  }

  /// Texts that a generation makes; the first of generation `g` is `g` times as many.
  public int textsAGeneration() {
    return settings.candidates().texts() / settings.candidates().generations();
  }

  /// The text of a prompt: as the client sent it, decoded if it sent token ids, empty if there is
  /// no tokenizer to do so.
  public String textOf(EncodedPrompt prompt) {
    if (prompt.text() != null) {
      return prompt.text();
    }
    return tokenizer == null ? "" : tokenizer.decode(prompt.tokens(), true);
  }

  /// Whether choices carry token ids: if asked, and where they are the only answer there is.
  public boolean returnsTokenIds() {
    return settings.returnTokenIds() || tokenizer == null;
  }

  /// Tokens of all prompts.
  public int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.tokens().length).sum();
  }

  /// The same with answers no longer than the cache can hold, unless the client said how long they
  /// may be: then that is granted or refused.
  public GenerationCall fitting(CacheRoom cache) {
    BeamParameters beams = settings.candidates().beams();
    int width = beams == null ? 1 : beams.width();
    return capped(prompt -> cache.after(prompt.tokens().length, width));
  }

  /// The same for so many tokens in all, at least {@link #leastTokens}, unless the client said how
  /// long answers may be.
  public GenerationCall within(long tokens) {
    return tokens >= mostTokens() ? this : capped(_ -> (tokens - promptTokens()) / answers());
  }

  private GenerationCall capped(ToLongFunction<EncodedPrompt> most) {
    if (asking.isLimited()) {
      return this;
    }
    List<EncodedPrompt> capped =
        prompts.stream()
            .map(prompt ->
                new EncodedPrompt(
                    prompt.text(),
                    prompt.tokens(),
                    Math.clamp(most.applyAsLong(prompt), 1, prompt.maxTokens())))
            .toList();
    return new GenerationCall(
        asking,
        settings,
        capped,
        modelName,
        model,
        tokenizer,
        origin,
        constraint,
        stopTokenIds,
        shownTokens);
  }

  private long answers() {
    return (long) prompts.size() * settings.candidates().bestOf();
  }

  /// Tokens without which it is not worth running: all it asks for, or a token an answer if it does
  /// not say how many.
  public long leastTokens() {
    return asking.isLimited() ? mostTokens() : promptTokens() + answers();
  }

  /// Tokens it takes at most: of each prompt, and of everything that is generated for it.
  public long mostTokens() {
    return promptTokens()
        + prompts.stream()
            .mapToLong(prompt -> (long) prompt.maxTokens() * settings.candidates().bestOf())
            .sum();
  }

  /// What the engine is to do in a generation.
  public GenerationRequest generation(int generation) {
    Candidates candidates = settings.candidates();
    EncodedPrompt prompt = prompts.get(generation / candidates.generations());
    // The best texts are those whose tokens were likeliest.
    int logprobs = candidates.ranked() ? Math.max(0, settings.logprobs()) : settings.logprobs();
    return new GenerationRequest(
        origin,
        prompt.tokens(),
        prompt.maxTokens(),
        decoding(generation % candidates.generations()),
        stopTokenIds,
        settings.ignoreEos(),
        logprobs,
        settings.echo() && settings.logprobs() >= 0);
  }

  private Decoding decoding(int ofPrompt) {
    BeamParameters beams = settings.candidates().beams();
    return beams == null
        ? new Decoding.Sampled(SamplingReader.ofChoice(settings.sampling(), ofPrompt), constraint)
        : new Decoding.Beams(beams);
  }
}
