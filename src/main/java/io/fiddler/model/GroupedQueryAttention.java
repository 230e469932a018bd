package io.fiddler.model;

/// Grouped-query attention with rotary position embedding: `numHeads / numKvHeads` query heads
/// share a key/value head ([arXiv 2305.13245](https://arxiv.org/abs/2305.13245)).
///
/// @param numHeads query heads
/// @param numKvHeads key/value heads, a divisor of `numHeads`
/// @param headDim width of a head
/// @param rope the rotary embedding
/// @param slidingWindow positions a query sees, itself included; 0 for all
public record GroupedQueryAttention(
    int numHeads, int numKvHeads, int headDim, RopeConfig rope, int slidingWindow)
    implements AttentionConfig {}
