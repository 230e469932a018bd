package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;

/// The arithmetic of a decoder step on one core: a dozen operations on weights in native memory and
/// F32 activations in arrays. Stateless; any number of workers call at once, each with its own
/// {@link Scratch}.
///
/// Every result is batch-invariant: the order in which a sum is formed depends on its length only,
/// not on the rows, tokens or blocks computed beside it, nor on what the JIT has compiled so far.
/// Weights are finite numbers. Offsets into arrays count floats, offsets into memory count bytes.
interface CpuKernels {
  /// Name of the set, for example `vector-512`.
  String name();

  /// Whether {@link #multiply} wants its activations in the order of {@link #arrange} when the
  /// weights are of this type.
  boolean arranges(ElementType weights);

  /// Where element `index` of a row of `cols` activations goes when it is arranged.
  int arrangedIndex(int cols, int index);

  /// Puts a row of `cols` activations into the order that 16-bit weights want.
  void arrange(float[] source, int sourceOffset, int cols, float[] target, int targetOffset);

  /// Reads `count` elements as float32, exactly.
  void widen(
      ElementType type,
      MemorySegment source,
      long offsetBytes,
      int count,
      float[] target,
      int targetOffset);

  /// `out[outOffset + t * outStride + r]` = dot product of row `r` of the weights with activation
  /// row `t`, for `rows` rows of weights `[rows, cols]` and `count` rows of activations.
  ///
  /// @param x activations `[count, cols]` from `xOffset`, arranged if the weights' type asks for it
  void multiply(
      ElementType type,
      MemorySegment weights,
      long offsetBytes,
      int rows,
      int cols,
      float[] x,
      int xOffset,
      int count,
      Scratch scratch,
      float[] out,
      int outOffset,
      int outStride);

  /// `gate[i] = silu(gate[i]) * up[i]` for the first `count` elements; both arrays have room for
  /// {@link Scratch#PADDING} more, which may be overwritten.
  void swiGlu(float[] gate, float[] up, int count);

  /// `target = source / sqrt(mean(source^2) + eps) * weight`.
  void rmsNorm(
      float[] source,
      int sourceOffset,
      float[] weight,
      int count,
      float eps,
      float[] target,
      int targetOffset);

  /// `out = softmax(query . keys / sqrt(headDim)) . values` for one query head over the positions
  /// `[from, to]` of its sequence.
  ///
  /// @param query `[headDim]` from `queryOffset`
  /// @param blockTable blocks of the sequence in order of positions
  /// @param kvOffset first element of the key/value head in a row of the cache
  /// @param out `[headDim]` from `outOffset`
  void attend(
      float[] query,
      int queryOffset,
      int headDim,
      PagedKv cache,
      int[] blockTable,
      int kvOffset,
      int from,
      int to,
      Scratch scratch,
      float[] out,
      int outOffset);

  /// Reads `sizeBytes` bytes, a multiple of 1024, as fast as the core can; returns a checksum so
  /// that the reads are not optimised away.
  long read(MemorySegment memory, long offsetBytes, long sizeBytes);
}
