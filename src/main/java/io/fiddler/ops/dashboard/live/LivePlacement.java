package io.fiddler.ops.dashboard.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.Residency;
import io.fiddler.placement.HitRateForecast;
import org.jspecify.annotations.Nullable;

/// The placement in force, and what it does.
///
/// @param version its id; 0 if it is not recorded
/// @param epoch counts the changes of residency
/// @param policy how it was planned
/// @param forecast promised hit rate
/// @param uncertainty half the width of the forecast's band
/// @param hitRate since it was applied; null if nothing ran
/// @param assignments what that is made of
/// @param resident experts on the device now
/// @param experts experts the model has
/// @param capacity experts the device can hold
/// @param usedBytes memory taken on the device
@JsonInclude
record LivePlacement(
    long version,
    long epoch,
    String policy,
    double forecast,
    double uncertainty,
    @Nullable Double hitRate,
    long assignments,
    int resident,
    int experts,
    int capacity,
    long usedBytes) {

  static LivePlacement of(Engine engine) {
    VersionedPlacement placement = engine.placement();
    HitRateForecast forecast = placement.placement().forecast();
    Residency residency = engine.residency();
    PhaseAssignments since = engine.assignmentsSincePlacement();
    AssignmentCounts both = since.prefill().plus(since.decode());
    return new LivePlacement(
        placement.version(),
        residency.epoch(),
        placement.placement().policy(),
        forecast.overall(),
        forecast.uncertainty(),
        both.total() == 0 ? null : Double.valueOf(both.hitRate()),
        both.total(),
        residency.size(),
        residency.grid().size(),
        engine.device().expertCapacity(),
        engine.device().usedBytes());
  }
}
