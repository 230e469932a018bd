package io.fiddler.model;

/// An attention variant.
public sealed interface AttentionConfig permits GroupedQueryAttention {}
