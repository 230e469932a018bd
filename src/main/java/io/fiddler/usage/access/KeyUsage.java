package io.fiddler.usage.access;

import java.time.Instant;

/// What a key has used of a model in a month.
///
/// @param keyId which key
/// @param fingerprint of the model; empty for requests that failed before one was known
/// @param month its first moment (UTC)
/// @param requests requests that arrived
/// @param failed those answered with a status of 400 or above
/// @param promptTokens tokens read
/// @param cachedPromptTokens those of them that were not computed
/// @param completionTokens tokens generated
/// @param hostMillis time of the CPU
/// @param streamedBytes weights sent to the device
public record KeyUsage(
    String keyId,
    String fingerprint,
    Instant month,
    long requests,
    long failed,
    long promptTokens,
    long cachedPromptTokens,
    long completionTokens,
    double hostMillis,
    long streamedBytes) {}
