package io.fiddler.model;

/// Softmax over all experts, then the top k of it.
///
/// @param renormalise whether the chosen weights are scaled to sum to one
public record SoftmaxTopK(boolean renormalise) implements RouterConfig {}
