package io.fiddler.config.settings;

import io.fiddler.placement.HalfLives;
import java.time.Duration;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How resident experts are chosen from the past.
///
/// @param halfLife Age at which an activation counts half in the choice of resident experts.
/// @param recentHalfLife The same where what counts is what the traffic is now.
/// @param follow Whether to take over the placements that operators apply on other replicas of the
///   same database, fitted to this one's device.
/// @param correction Moving experts while the service runs.
/// @param drift When the traffic is another than the placement was made for.
public record PlacementProperties(
    @DefaultValue("7d") Duration halfLife,
    @DefaultValue("1h") Duration recentHalfLife,
    @DefaultValue("true") boolean follow,
    @NestedConfigurationProperty @DefaultValue CorrectionProperties correction,
    @NestedConfigurationProperty @DefaultValue DriftProperties drift) {
  public PlacementProperties {
    Rules.positive("fiddler.placement.half-life", halfLife);
    Rules.positive("fiddler.placement.recent-half-life", recentHalfLife);
  }

  /// Both half-lives.
  public HalfLives halfLives() {
    return new HalfLives(halfLife, recentHalfLife);
  }
}
