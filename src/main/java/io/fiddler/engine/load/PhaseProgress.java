package io.fiddler.engine.load;

import io.fiddler.engine.EngineStatus.Transfer;
import org.jspecify.annotations.Nullable;

/// Told how far loading is.
@FunctionalInterface
interface PhaseProgress {
  /// `phase` is under way; `done` of everything is done, in [0, 1].
  void at(String phase, double done);

  /// The same of a phase that moves bytes.
  default void at(String phase, double done, @Nullable Transfer transfer) {
    at(phase, done);
  }
}
