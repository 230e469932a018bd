package io.fiddler.learning.correction;

import io.fiddler.placement.correction.ExchangeRules;
import java.time.Duration;

/// How correction goes.
///
/// @param mode whether it moves experts
/// @param window at most one version is recorded, and one line of suggestions logged, in this time
/// @param rules when an exchange is worth it
public record CorrectionOptions(Mode mode, Duration window, ExchangeRules rules) {
  /// Whether experts are moved.
  public enum Mode {
    /// Nothing is proposed.
    OFF,
    /// What would be moved is shown.
    SUGGEST,
    /// Experts are moved.
    AUTOMATIC
  }
}
