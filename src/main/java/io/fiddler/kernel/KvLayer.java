package io.fiddler.kernel;

import io.fiddler.tensor.Matrix;

/// The key/value cache of one layer: position `p` of a sequence lies in row `blockTable[p /
/// blockTokens] * blockTokens + p % blockTokens`.
///
/// The numbers in a block table need not follow each other: between the rows of two blocks may lie
/// what belongs to other layers, which nobody who goes by the tables touches.
///
/// @param keys of the segments' {@link Segments#cacheType}, `[rows, numKvHeads * headDim]`, rotary
///   embedding applied
/// @param values the same shape
/// @param blockTokens positions a block
public record KvLayer(Matrix keys, Matrix values, int blockTokens) {}
