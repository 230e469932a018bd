package io.fiddler.config.settings;

import io.fiddler.store.upkeep.Retention;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How long things stay in the database; 0 keeps them for ever. Days and months (UTC) leave as a
/// whole, once their last moment is that old.
///
/// @param requests How long rows of the request log stay, and what is known of their writers and of
///   lost ones; partitions are days.
/// @param traces How long sampled traces stay; partitions are days.
/// @param hours How long activations are kept by hour before they become days; partitions are days.
/// @param activations How long activations are kept by day; partitions are months.
/// @param usage How long sums of requests by hour and day stay; partitions are months.
public record RetentionProperties(
    @DefaultValue("90d") Duration requests,
    @DefaultValue("30d") Duration traces,
    @DefaultValue("3d") Duration hours,
    @DefaultValue("730d") Duration activations,
    @DefaultValue("730d") Duration usage) {
  public RetentionProperties {
    Rules.notNegative("fiddler.store.retention.requests", requests);
    Rules.notNegative("fiddler.store.retention.traces", traces);
    Rules.notNegative("fiddler.store.retention.hours", hours);
    Rules.notNegative("fiddler.store.retention.activations", activations);
    Rules.notNegative("fiddler.store.retention.usage", usage);
  }

  /// What the upkeep needs of it.
  public Retention toRetention() {
    return new Retention(requests, traces, hours, activations, usage);
  }
}
