package io.fiddler.usage.span;

import org.jspecify.annotations.Nullable;

/// One generation of a request. Its times are counted from the request's arrival and ascend.
///
/// @param number among those of the request, from 0
/// @param submittedNanos when it was submitted: here it begins to wait
/// @param startedNanos when its first step began; its end if there was none
/// @param firstTokenNanos when its first token was there; its end if there was none
/// @param endedNanos when it ended
/// @param finishReason why
/// @param ran whether there was a step
/// @param promptTokens tokens of its prompt
/// @param cachedTokens those of them that were not computed
/// @param completionTokens tokens that it generated
/// @param prefillHitRate share of the prompt's expert assignments served by resident experts; null
///   if there were none
/// @param decodeHitRate the same of the generated tokens
/// @param firstPlacementVersion placement in force at its first step
/// @param lastPlacementVersion placement in force at its last step
public record EndedGeneration(
    int number,
    long submittedNanos,
    long startedNanos,
    long firstTokenNanos,
    long endedNanos,
    String finishReason,
    boolean ran,
    int promptTokens,
    int cachedTokens,
    int completionTokens,
    @Nullable Double prefillHitRate,
    @Nullable Double decodeHitRate,
    long firstPlacementVersion,
    long lastPlacementVersion) {}
