package io.fiddler.api.generation.answer;

import io.fiddler.sampling.SampledToken;

/// A token whose log-probability was asked for.
///
/// @param token id, log-probability (NaN for a prompt's first token) and alternatives
/// @param textOffset where it begins in the choice's text, in Unicode characters
public record ScoredToken(SampledToken token, int textOffset) {}
