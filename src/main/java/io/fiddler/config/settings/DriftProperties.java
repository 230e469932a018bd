package io.fiddler.config.settings;

import io.fiddler.learning.drift.DriftOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// When the traffic is another than the placement was made for: a log line, health and metrics
/// tell.
///
/// @param hitRate By how much the hit rate is below the forecast.
/// @param divergence By how many bits (Jensen-Shannon) the layers' histograms are from those of the
///   history, on average.
public record DriftProperties(
    @DefaultValue("0.1") double hitRate, @DefaultValue("0.05") double divergence) {
  public DriftProperties {
    Rules.fraction("fiddler.placement.drift.hit-rate", hitRate);
    Rules.fraction("fiddler.placement.drift.divergence", divergence);
  }

  /// What drift needs of it.
  public DriftOptions toOptions() {
    return new DriftOptions(hitRate, divergence);
  }
}
