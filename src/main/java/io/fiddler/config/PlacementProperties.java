package io.fiddler.config;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How resident experts are chosen from the past.
///
/// @param halfLife Age at which an activation counts half in the choice of resident experts.
record PlacementProperties(@DefaultValue("7d") Duration halfLife) {
  PlacementProperties {
    Rules.positive("fiddler.placement.half-life", halfLife);
  }
}
