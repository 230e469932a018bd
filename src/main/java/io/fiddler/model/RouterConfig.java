package io.fiddler.model;

/// A router variant.
public sealed interface RouterConfig permits SoftmaxTopK {}
