package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Simulating other placements over recorded traces.
///
/// @param maxTokens Most tokens that a simulation replays, of the latest traces.
/// @param timeLimit How long a simulation may take before it is given up.
public record SimulationProperties(
    @DefaultValue("100000") int maxTokens, @DefaultValue("30s") Duration timeLimit) {
  public SimulationProperties {
    Rules.atLeast(1, "fiddler.simulation.max-tokens", maxTokens);
    Rules.positive("fiddler.simulation.time-limit", timeLimit);
  }
}
