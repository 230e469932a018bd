package io.fiddler.config.settings;

import io.fiddler.placement.HalfLives;
import io.fiddler.placement.policy.PolicyCatalogue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How resident experts are chosen from the past.
///
/// @param policy Which policy plans: auto (the one that would have done best in the past), even,
///   frequency, decode-weighted, tenant-weighted or blend, with parameters after a colon, such as
///   blend:recent=0.5 or tenant-weighted:alice=2,bob=1.
/// @param decodeWeight How often a generated token's choice of an expert counts against a prompt
///   token's where auto compares policies.
/// @param statistics File of activation statistics, as fiddler profile writes them, to plan from
///   until there is a history.
/// @param file File of a placement to start with, as GET /actuator/placement answers.
/// @param halfLife Age at which an activation counts half in the choice of resident experts.
/// @param recentHalfLife The same where what counts is what the traffic is now.
/// @param follow Whether to take over the placements that operators apply on other replicas of the
///   same database, fitted to this one's device.
/// @param correction Moving experts while the service runs.
/// @param drift When the traffic is another than the placement was made for.
public record PlacementProperties(
    @DefaultValue(PolicyCatalogue.AUTO) String policy,
    @DefaultValue("1") double decodeWeight,
    @DefaultValue("") String statistics,
    @DefaultValue("") String file,
    @DefaultValue("7d") Duration halfLife,
    @DefaultValue("1h") Duration recentHalfLife,
    @DefaultValue("true") boolean follow,
    @NestedConfigurationProperty @DefaultValue CorrectionProperties correction,
    @NestedConfigurationProperty @DefaultValue DriftProperties drift) {
  public PlacementProperties {
    if (!(decodeWeight > 0) || decodeWeight == Double.POSITIVE_INFINITY) {
      throw new InvalidSettingException(
          "fiddler.placement.decode-weight", "a number above 0", decodeWeight);
    }
    requireKnown(policy);
    Rules.positive("fiddler.placement.half-life", halfLife);
    Rules.positive("fiddler.placement.recent-half-life", recentHalfLife);
  }

  /// Both half-lives.
  public HalfLives halfLives() {
    return new HalfLives(halfLife, recentHalfLife);
  }

  /// The policies, with these half-lives and this weight.
  public PolicyCatalogue policies() {
    return new PolicyCatalogue(halfLives(), decodeWeight, policy);
  }

  /// The file of a placement to start with.
  public Optional<Path> placementFile() {
    return file.isBlank() ? Optional.empty() : Optional.of(Path.of(file));
  }

  /// The file of statistics.
  public Optional<Path> statisticsFile() {
    return statistics.isBlank() ? Optional.empty() : Optional.of(Path.of(statistics));
  }

  private static void requireKnown(String policy) {
    try {
      PolicyCatalogue.withDefaults().policy(policy);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("fiddler.placement.policy: " + e.getMessage());
    }
  }
}
