package io.fiddler.kernel;

import io.fiddler.tensor.Matrix;

/// Everything `x += oProj(attention(rmsNorm(x)))` needs, in the device's memory. Grouped-query
/// attention with rotary embedding over the pairs `(i, i + headDim / 2)`.
///
/// @param norm `[1, hiddenSize]`
/// @param rmsNormEps its epsilon
/// @param qProj `[numHeads * headDim, hiddenSize]`
/// @param kProj `[numKvHeads * headDim, hiddenSize]`
/// @param vProj `[numKvHeads * headDim, hiddenSize]`
/// @param oProj `[hiddenSize, numHeads * headDim]`
/// @param heads shape of the heads
/// @param rope the rotary embedding
public record AttentionBlock(
    Matrix norm,
    float rmsNormEps,
    Matrix qProj,
    Matrix kProj,
    Matrix vProj,
    Matrix oProj,
    Heads heads,
    Rope rope) {
  /// Shape of the attention heads.
  ///
  /// @param numHeads query heads
  /// @param numKvHeads key/value heads
  /// @param headDim width of a head
  /// @param slidingWindow positions a query sees, itself included; 0 for all
  public record Heads(int numHeads, int numKvHeads, int headDim, int slidingWindow) {}

  /// Rotary embedding: angle of pair `i` at position `p` is `p * inverseFrequencies[i]`.
  ///
  /// @param inverseFrequencies `[headDim / 2]`
  /// @param attentionScaling factor on cosine and sine
  @SuppressWarnings("ArrayRecordComponent") // read by kernels, never compared
  public record Rope(float[] inverseFrequencies, float attentionScaling) {}
}
