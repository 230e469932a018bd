package io.fiddler.api.generation.answer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the bodies of every answer have beside its choices.
///
/// @param id under which the request is logged
/// @param created seconds since 1970
/// @param model the model's name
/// @param systemFingerprint model and placement version
/// @param usage left out if Java's null; JSON's null in the chunks before the one that has it
/// @param fiddler what it took, in the last chunk of a stream; null elsewhere
public record AnswerEnvelope(
    UUID id,
    long created,
    String model,
    String systemFingerprint,
    @Nullable JsonNode usage,
    @Nullable JsonNode fiddler) {}
