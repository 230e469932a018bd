package io.fiddler.ops;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.expert.ExpertId;
import io.fiddler.learning.ResidencyChange;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A placement as `GET /actuator/placement` shows it. Hit rates are in [0, 1]; actual ones are
/// since it was applied, and 0 before the first of the `assignments` beside them.
///
/// @param version global id; 0 if it could not be recorded, or is only proposed
/// @param proposed whether nothing was changed; left out otherwise
/// @param fingerprint of the model
/// @param policy how it was planned
/// @param parameters the policy's parameters
/// @param createdAt when it was planned
/// @param author `startup`, `operator` or `automatic`
/// @param by who asked for it; null if nobody did
/// @param replica which service process planned it
/// @param reason why, such as what the operator said
/// @param windowStart begin of the statistics it was made from
/// @param windowEnd their end; null without history
/// @param capacity experts the device can hold
/// @param epoch counts the changes of residency
/// @param pinned what is held against correction; null if nothing is
/// @param forecastHitRate promised, over both phases
/// @param forecastUncertainty half the width of the interval around it that nine of ten hours
///   should fall into
/// @param actualHitRate achieved, over both phases
/// @param assignments how many assignments the actual hit rates are made of
/// @param loaded experts it brought to the device, when it was just applied
/// @param evicted experts it removed from the device, when it was just applied
/// @param experts what it wants on the device, best first
record PlacementReport(
    long version,
    @JsonInclude(NON_NULL) @Nullable Boolean proposed,
    String fingerprint,
    String policy,
    Map<String, String> parameters,
    Instant createdAt,
    String author,
    @JsonInclude @Nullable String by,
    String replica,
    @JsonInclude(NON_NULL) @Nullable String reason,
    @JsonInclude @Nullable Instant windowStart,
    @JsonInclude @Nullable Instant windowEnd,
    int capacity,
    long epoch,
    @JsonInclude @Nullable PinReport pinned,
    double forecastHitRate,
    double forecastUncertainty,
    double forecastHitRatePrefill,
    double forecastHitRateDecode,
    double actualHitRate,
    double actualHitRatePrefill,
    double actualHitRateDecode,
    PhaseCounts assignments,
    @JsonInclude(NON_NULL) @Nullable List<ExpertId> loaded,
    @JsonInclude(NON_NULL) @Nullable List<ExpertId> evicted,
    List<WantedExpert> experts) {

  /// A wanted expert.
  ///
  /// @param layer zero-based
  /// @param expert index in the layer
  /// @param score the policy's score
  record WantedExpert(int layer, int expert, double score) {
    static WantedExpert of(ScoredExpert wanted) {
      return new WantedExpert(wanted.id().layer(), wanted.id().expert(), wanted.score());
    }
  }

  static PlacementReport of(
      PlacementVersion version,
      PlacementState state,
      @Nullable ResidencyChange change,
      boolean proposed) {
    PhaseAssignments since = state.since();
    Placement placement = version.placement();
    HitRateForecast forecast = placement.forecast();
    return new PlacementReport(
        version.id(),
        proposed ? true : null,
        version.fingerprint(),
        placement.policy(),
        new TreeMap<>(placement.parameters()),
        version.createdAt(),
        Text.lower(version.author()),
        version.by(),
        version.replica(),
        version.reason(),
        version.windowStart(),
        version.windowEnd(),
        state.capacity(),
        state.epoch(),
        state.pinned(),
        forecast.overall(),
        forecast.uncertainty(),
        forecast.prefill(),
        forecast.decode(),
        since.prefill().plus(since.decode()).hitRate(),
        since.prefill().hitRate(),
        since.decode().hitRate(),
        new PhaseCounts(since.prefill().total(), since.decode().total()),
        change == null ? null : change.loaded(),
        change == null ? null : change.evicted(),
        placement.experts().stream().map(WantedExpert::of).toList());
  }
}
