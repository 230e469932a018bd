package io.fiddler.model;

/// Weights of an MLP variant.
public sealed interface MlpWeights permits MixtureOfExpertsWeights {}
