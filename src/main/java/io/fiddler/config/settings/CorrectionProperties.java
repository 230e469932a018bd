package io.fiddler.config.settings;

import io.fiddler.learning.correction.CorrectionOptions;
import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.placement.correction.ExchangeRules;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Moving experts while the service runs.
///
/// @param mode off, suggest (show what would be moved) or automatic (move it).
/// @param window At most one version of the placement is recorded in this time.
/// @param maxCopyRate Most bytes copied to the device in a second by correction.
/// @param dwell How long at least an expert stays where it was just moved.
/// @param margin By which part of its share the expert that comes must be chosen more often than
///   the one that leaves.
/// @param confidence How many standard errors of the counts the gain must be.
/// @param horizon Time in which a move must earn more hits than its copy costs.
public record CorrectionProperties(
    @DefaultValue("automatic") Mode mode,
    @DefaultValue("5m") Duration window,
    @DefaultValue("1GB") DataSize maxCopyRate,
    @DefaultValue("10s") Duration dwell,
    @DefaultValue("0.1") double margin,
    @DefaultValue("2") double confidence,
    @DefaultValue("1h") Duration horizon) {
  public CorrectionProperties {
    Rules.positive("fiddler.placement.correction.window", window);
    Rules.positive("fiddler.placement.correction.max-copy-rate", maxCopyRate);
    Rules.notNegative("fiddler.placement.correction.dwell", dwell);
    Rules.notNegative("fiddler.placement.correction.margin", margin);
    Rules.notNegative("fiddler.placement.correction.confidence", confidence);
    Rules.positive("fiddler.placement.correction.horizon", horizon);
  }

  /// What correction needs of it.
  ///
  /// @param reproducible whether same requests are to get same tokens on a GPU, too: then nothing
  ///   is moved
  public CorrectionOptions toOptions(boolean reproducible) {
    return new CorrectionOptions(
        reproducible && mode == Mode.AUTOMATIC ? Mode.SUGGEST : mode,
        window,
        new ExchangeRules(margin, confidence, horizon, dwell, maxCopyRate.toBytes()));
  }
}
