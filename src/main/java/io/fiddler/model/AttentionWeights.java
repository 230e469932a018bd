package io.fiddler.model;

/// Weights of an attention variant.
public sealed interface AttentionWeights permits GroupedQueryAttentionWeights {}
