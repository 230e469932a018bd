package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How experts that are not resident are computed.
///
/// @param mode auto follows the latency model measured on this machine; host, stream and split
///   force one way, for tests and benchmarks.
/// @param reproducible Whether where an expert is computed depends on the placement and the stored
///   latency model only, not on the batch or on live timings, so that a request with a seed gives
///   the same tokens.
/// @param timelineEvery One step in so many has the busy times of its lanes recorded, for metrics
///   and to correct the latency model; 0 for none.
public record DispatchProperties(
    @DefaultValue("auto") DispatchMode mode,
    @DefaultValue("false") boolean reproducible,
    @DefaultValue("16") int timelineEvery) {
  public DispatchProperties {
    Rules.atLeast(0, "fiddler.dispatch.timeline-every", timelineEvery);
  }

  LaneOptions toLaneOptions() {
    return new LaneOptions(reproducible, timelineEvery);
  }
}
