package io.fiddler.model;

/// A sparse MLP: a router sends each token to `numExpertsPerToken` of `numExperts` SwiGLU experts.
///
/// @param router how tokens choose
/// @param numExperts experts in this layer
/// @param numExpertsPerToken experts a token goes to
/// @param moeIntermediateSize inner width of an expert
public record MixtureOfExperts(
    RouterConfig router, int numExperts, int numExpertsPerToken, int moeIntermediateSize)
    implements MlpConfig {}
