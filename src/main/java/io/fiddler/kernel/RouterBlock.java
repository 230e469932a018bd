package io.fiddler.kernel;

import io.fiddler.tensor.Matrix;

/// Everything the router of a layer needs, in the device's memory: RMS norm, scores, softmax over
/// all experts, top k.
///
/// @param norm `[1, hiddenSize]`
/// @param rmsNormEps its epsilon
/// @param router `[numExperts, hiddenSize]`
/// @param topK experts a token goes to
/// @param renormalise whether the chosen weights are scaled to sum to one
public record RouterBlock(
    Matrix norm, float rmsNormEps, Matrix router, int topK, boolean renormalise) {}
