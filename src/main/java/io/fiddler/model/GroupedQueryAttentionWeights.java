package io.fiddler.model;

import io.fiddler.tensor.Matrix;

/// Weights of grouped-query attention, each `[outputs, inputs]`.
///
/// @param qProj `[numHeads * headDim, hiddenSize]`
/// @param kProj `[numKvHeads * headDim, hiddenSize]`
/// @param vProj `[numKvHeads * headDim, hiddenSize]`
/// @param oProj `[hiddenSize, numHeads * headDim]`
public record GroupedQueryAttentionWeights(Matrix qProj, Matrix kProj, Matrix vProj, Matrix oProj)
    implements AttentionWeights {}
