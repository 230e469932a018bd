package io.fiddler.model;

/// An MLP variant of a decoder layer.
public sealed interface MlpConfig permits MixtureOfExperts {}
