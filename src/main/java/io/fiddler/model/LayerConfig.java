package io.fiddler.model;

/// One decoder layer: which attention, which MLP.
///
/// @param attention the attention variant
/// @param mlp the MLP variant
public record LayerConfig(AttentionConfig attention, MlpConfig mlp) {}
