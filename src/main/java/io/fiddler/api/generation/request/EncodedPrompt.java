package io.fiddler.api.generation.request;

import org.jspecify.annotations.Nullable;

/// A prompt that the model can take.
///
/// @param text as the client sent it; null if it sent token ids
/// @param tokens at least one, all in the vocabulary
/// @param maxTokens most tokens to generate after it; they fit into the context
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record EncodedPrompt(@Nullable String text, int[] tokens, int maxTokens) {}
