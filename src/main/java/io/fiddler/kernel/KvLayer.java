package io.fiddler.kernel;

import io.fiddler.tensor.Matrix;

/// The key/value cache of one layer: position `p` of a sequence lies in row `blockTable[p /
/// blockTokens] * blockTokens + p % blockTokens`.
///
/// @param keys of the segments' {@link Segments#cacheType}, `[blocks * blockTokens, numKvHeads *
///   headDim]`, rotary embedding applied
/// @param values the same shape
/// @param blockTokens positions a block
public record KvLayer(Matrix keys, Matrix values, int blockTokens) {}
