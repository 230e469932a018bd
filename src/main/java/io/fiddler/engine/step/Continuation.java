package io.fiddler.engine.step;

import io.fiddler.engine.FinishReason;
import io.fiddler.scheduler.Sequence;
import org.jspecify.annotations.Nullable;

/// How a generation goes on from the logits after its sequences: chooses tokens, tells the listener
/// and says which sequences come next. Used from the step thread.
sealed interface Continuation permits SampledContinuation, BeamContinuation {
  /// Takes the logits after one sequence, and goes on if those after the others are known.
  ///
  /// @param logits holds the row's logits from `offset`; may be changed
  /// @param length number of logits
  /// @return why the generation has ended; null if it goes on
  @Nullable FinishReason next(Sequence sequence, float[] logits, int offset, int length);

  /// Tokens generated one after the other so far.
  int generated();
}
