package io.fiddler.api.generation.request;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.TokenConstraint;
import io.fiddler.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A request ready to run on the model.
///
/// @param settings how it wants its text
/// @param prompts its prompts
/// @param modelName the model's name as clients know it
/// @param model the engine's model
/// @param tokenizer its tokenizer, if it has one
/// @param origin who asks
/// @param constraint makes what restricts a choice's tokens; null if nothing does
/// @param shownTokens special tokens that belong to the text, as marks of tool calls do
public record GenerationCall(
    GenerationSettings settings,
    List<EncodedPrompt> prompts,
    String modelName,
    ModelSummary model,
    @Nullable Tokenizer tokenizer,
    Origin origin,
    @Nullable Supplier<TokenConstraint> constraint,
    Set<Integer> shownTokens) {
  public GenerationCall {
    prompts = List.copyOf(prompts);
    shownTokens = Set.copyOf(shownTokens);
  }

  /// Choices of the answer.
  public int numChoices() {
    return prompts.size() * settings.n();
  }

  /// The prompt of a choice: choices are numbered prompt by prompt.
  public EncodedPrompt promptOf(int choice) {
    return prompts.get(choice / settings.n());
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

  /// Tokens it takes at most: of each prompt, and of each choice's answer.
  public long mostTokens() {
    return promptTokens()
        + prompts.stream().mapToLong(prompt -> (long) prompt.maxTokens() * settings.n()).sum();
  }

  /// What the engine is to do for a choice.
  public GenerationRequest generation(int choice) {
    EncodedPrompt prompt = promptOf(choice);
    return new GenerationRequest(
        origin,
        prompt.tokens(),
        prompt.maxTokens(),
        new Decoding.Sampled(
            SamplingReader.ofChoice(settings.sampling(), choice % settings.n()), constraint),
        Set.of(),
        settings.ignoreEos(),
        settings.logprobs(),
        settings.echo() && settings.logprobs() >= 0);
  }
}
