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
/// @param version global id; 0 if it could not be recorded
/// @param policy how it was planned
/// @param parameters the policy's parameters
/// @param createdAt when it was planned
/// @param author `startup`, `operator` or `automatic`
/// @param replica which service process planned it
/// @param reason what the operator said
/// @param windowStart begin of the statistics it was made from
/// @param windowEnd their end; null without history
/// @param capacity experts the device can hold
/// @param forecastHitRate promised, over both phases
/// @param actualHitRate achieved, over both phases
/// @param assignments how many assignments the actual hit rates are made of
/// @param loaded experts it brought to the device, when it was just applied
/// @param evicted experts it removed from the device, when it was just applied
/// @param experts what it wants on the device, best first
record PlacementReport(
    long version,
    String policy,
    Map<String, String> parameters,
    Instant createdAt,
    String author,
    String replica,
    @JsonInclude(NON_NULL) @Nullable String reason,
    @JsonInclude @Nullable Instant windowStart,
    @JsonInclude @Nullable Instant windowEnd,
    int capacity,
    double forecastHitRate,
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
      int capacity,
      PhaseAssignments since,
      @Nullable ResidencyChange change) {
    Placement placement = version.placement();
    HitRateForecast forecast = placement.forecast();
    return new PlacementReport(
        version.id(),
        placement.policy(),
        new TreeMap<>(placement.parameters()),
        version.createdAt(),
        Text.lower(version.author()),
        version.replica(),
        version.reason(),
        version.windowStart(),
        version.windowEnd(),
        capacity,
        forecast.overall(),
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
