package io.fiddler.api.completion.request;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.Origin;
import io.fiddler.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A completion request ready to run on the model.
///
/// @param request what the client asked for
/// @param prompts its prompts
/// @param modelName the model's name as clients know it
/// @param model the engine's model
/// @param tokenizer its tokenizer, if it has one
/// @param origin who asks
public record CompletionCall(
    CompletionRequest request,
    List<EncodedPrompt> prompts,
    String modelName,
    ModelSummary model,
    @Nullable Tokenizer tokenizer,
    Origin origin) {
  public CompletionCall {
    prompts = List.copyOf(prompts);
  }

  /// The prompt of a choice: choices are numbered prompt by prompt.
  public EncodedPrompt promptOf(int choice) {
    return prompts.get(choice / request.n());
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
    return request.returnTokenIds() || tokenizer == null;
  }

  /// Tokens of all prompts.
  public int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.tokens().length).sum();
  }

  /// What the engine is to do for a choice.
  public GenerationRequest generation(int choice) {
    EncodedPrompt prompt = promptOf(choice);
    return new GenerationRequest(
        origin,
        prompt.tokens(),
        prompt.maxTokens(),
        Decoding.sampled(SamplingReader.ofChoice(request.sampling(), choice % request.n())),
        Set.of(),
        request.ignoreEos(),
        request.logprobs(),
        request.echo() && request.logprobs() >= 0);
  }
}
