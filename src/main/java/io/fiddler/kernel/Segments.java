package io.fiddler.kernel;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;

/// The segments of a decoder step on a device's compute lane, in the order a step uses them. All
/// matrices are F32 activations or weights in the device's kind of memory; arrays are on the host.
/// A result for one row is the same bits whatever rows stand beside it (batch-invariant).
///
/// Used from the step thread; asynchronous where the device is, except {@link #attendAndRoute},
/// which returns when the routing is on the host, and {@link #head}, which returns when the logits
/// are.
public interface Segments extends ExpertSegment, AutoCloseable {
  /// The type of the key/value cache that {@link #attendAndRoute} reads and writes.
  default ElementType cacheType() {
    return ElementType.F32;
  }

  /// `x[r] = table[tokens[r]]`.
  ///
  /// @param table `[vocabSize, hiddenSize]`
  /// @param x `[rows, hiddenSize]`
  void embed(Matrix table, StepInput input, Matrix x);

  /// `x += attention(rmsNorm(x))`, writing the rows' keys and values first; then `normed =
  /// rmsNorm(x)` and the router's choice on the host.
  ///
  /// @param x `[rows, hiddenSize]`, changed in place
  /// @param normed `[rows, hiddenSize]`, written
  /// @param hostNormed the same values in host memory, there when it returns; may be `normed`
  ///   itself where the device computes in host memory
  /// @param routing written
  void attendAndRoute(
      AttentionBlock attention,
      RouterBlock router,
      KvLayer cache,
      StepInput input,
      Matrix x,
      Matrix normed,
      Matrix hostNormed,
      Routing routing);

  /// Adds the experts' results to `x`.
  ///
  /// @param parts F32 `[partRows, hiddenSize]`
  /// @param x `[rows, hiddenSize]`, changed in place
  void combine(CombineInput input, Matrix parts, Matrix x);

  /// `logits[i] = head(rmsNorm(x[rows[i]]))`, on the host when it returns.
  ///
  /// @param norm `[1, hiddenSize]`
  /// @param head `[vocabSize, hiddenSize]`
  /// @param rows which rows of `x`
  /// @param logits at least `[rows.length * vocabSize]`, row-major, on the host
  void head(Matrix norm, float rmsNormEps, Matrix head, int[] rows, Matrix x, float[] logits);

  /// Frees scratch memory; a second call does nothing.
  @Override
  void close();
}
