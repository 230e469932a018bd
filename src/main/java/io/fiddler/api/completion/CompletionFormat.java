package io.fiddler.api.completion;

import io.fiddler.api.generation.answer.AnswerEnvelope;
import io.fiddler.api.generation.answer.AnswerFormat;
import io.fiddler.api.generation.answer.ChoiceDelta;
import io.fiddler.api.generation.answer.TokenTexts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Completions as OpenAI writes them.
final class CompletionFormat implements AnswerFormat {
  private final TokenTexts texts;

  CompletionFormat(TokenTexts texts) {
    this.texts = texts;
  }

  @Override
  public Object whole(AnswerEnvelope envelope, List<ChoiceDelta> choices) {
    return CompletionBody.of(envelope, choices.stream().map(this::choice).toList());
  }

  @Override
  public List<Object> opening(AnswerEnvelope envelope) {
    return List.of();
  }

  @Override
  public List<Object> chunks(AnswerEnvelope envelope, ChoiceDelta delta) {
    return List.of(CompletionBody.of(envelope, List.of(choice(delta))));
  }

  @Override
  public @Nullable String finishReason(ChoiceDelta delta) {
    return delta.finishReason();
  }

  @Override
  public Object closing(AnswerEnvelope envelope) {
    return CompletionBody.of(envelope, List.of());
  }

  private CompletionBody.Choice choice(ChoiceDelta delta) {
    return new CompletionBody.Choice(
        delta.text(),
        delta.choice(),
        delta.scored() == null ? null : Logprobs.of(delta.scored(), texts),
        delta.finishReason(),
        delta.tokenIds(),
        delta.promptTokenIds());
  }
}
