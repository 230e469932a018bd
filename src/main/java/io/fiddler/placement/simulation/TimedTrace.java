package io.fiddler.placement.simulation;

import io.fiddler.expert.ExpertTrace;
import java.time.Instant;

/// A trace and where it is from.
///
/// @param at when its generation ended
/// @param tenant whose it was
/// @param trace its tokens' experts
public record TimedTrace(Instant at, String tenant, ExpertTrace trace) {}
