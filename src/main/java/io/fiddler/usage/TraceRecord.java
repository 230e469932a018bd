package io.fiddler.usage;

import io.fiddler.expert.ExpertTrace;
import java.time.Instant;
import java.util.UUID;

/// The sampled trace of one generation.
///
/// @param id of the trace
/// @param createdAt when the generation ended
/// @param tenant whose it was
/// @param fingerprint of the model
/// @param trace its tokens' experts
public record TraceRecord(
    UUID id, Instant createdAt, String tenant, String fingerprint, ExpertTrace trace) {}
