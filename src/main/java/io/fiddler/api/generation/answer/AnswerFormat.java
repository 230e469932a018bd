package io.fiddler.api.generation.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a route writes its answers: bodies that become JSON. One for each request, used from one
/// thread at a time.
public interface AnswerFormat {
  /// The body of an answer given at once.
  ///
  /// @param choices all that each choice has, in order
  Object whole(AnswerEnvelope envelope, List<ChoiceDelta> choices);

  /// What a stream begins with, before anything is generated; often nothing.
  List<Object> opening(AnswerEnvelope envelope);

  /// The events that bring what is new in a choice.
  List<Object> chunks(AnswerEnvelope envelope, ChoiceDelta delta);

  /// Why a choice ended, as the answer says it; to be asked when the delta has been written.
  @Nullable String finishReason(ChoiceDelta delta);

  /// The last event of a stream that was to say what it used: no choices, only the envelope.
  Object closing(AnswerEnvelope envelope);
}
