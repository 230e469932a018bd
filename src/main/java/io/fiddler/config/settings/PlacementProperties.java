package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How resident experts are chosen from the past.
///
/// @param halfLife Age at which an activation counts half in the choice of resident experts.
public record PlacementProperties(@DefaultValue("7d") Duration halfLife) {
  public PlacementProperties {
    Rules.positive("fiddler.placement.half-life", halfLife);
  }
}
