package io.fiddler.engine;

import io.fiddler.expert.ExpertTrace;

/// Which experts the tokens of a generation chose, if it was one of those sampled ({@link
/// EngineOptions.TraceOptions}).
///
/// @param tenant whose it was
/// @param trace from its first token on
public record TraceReport(String tenant, ExpertTrace trace) {}
