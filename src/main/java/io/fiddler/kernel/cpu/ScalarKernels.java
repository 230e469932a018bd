package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The operations written down plainly: what every faster set is tested against. Sums are formed in
/// float64, in order, and rounded once.
final class ScalarKernels implements CpuKernels {
  private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public boolean arranges(ElementType weights) {
    return false;
  }

  @Override
  public int arrangedIndex(int cols, int index) {
    return index;
  }

  @Override
  public void arrange(
      float[] source, int sourceOffset, int cols, float[] target, int targetOffset) {
    System.arraycopy(source, sourceOffset, target, targetOffset, cols);
  }

  @Override
  public void widen(
      ElementType type,
      MemorySegment source,
      long offsetBytes,
      int count,
      float[] target,
      int targetOffset) {
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = element(type, source, offsetBytes, i);
    }
  }

  @Override
  public void multiply(
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
      int outStride) {
    long rowSizeBytes = (long) cols * type.sizeBytes();
    float[] row = scratch.row(cols);
    for (int r = 0; r < rows; r++) {
      widen(type, weights, offsetBytes + r * rowSizeBytes, cols, row, 0);
      for (int t = 0; t < count; t++) {
        out[outOffset + t * outStride + r] = dot(row, x, xOffset + t * cols, cols);
      }
    }
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int count) {
    for (int i = 0; i < count; i++) {
      gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
    }
  }

  @Override
  public void rmsNorm(
      float[] source,
      int sourceOffset,
      float[] weight,
      int count,
      float eps,
      float[] target,
      int targetOffset) {
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double value = source[sourceOffset + i];
      squares += value * value;
    }
    float scale = (float) (1 / Math.sqrt(squares / count + eps));
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = source[sourceOffset + i] * scale * weight[i];
    }
  }

  @Override
  public void attend(
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
      int outOffset) {
    float[] scores = scratch.scores(to - from + 1);
    float[] row = scratch.row(headDim);
    long headOffsetBytes = (long) kvOffset * Float.BYTES;
    float scale = (float) (1 / Math.sqrt(headDim));
    float highest = Float.NEGATIVE_INFINITY;
    for (int p = from; p <= to; p++) {
      long key = cache.offsetBytes(blockTable, p) + headOffsetBytes;
      widen(ElementType.F32, cache.keys(), key, headDim, row, 0);
      float score = dot(row, query, queryOffset, headDim) * scale;
      scores[p - from] = score;
      highest = Math.max(highest, score);
    }
    double total = 0;
    for (int i = 0; i <= to - from; i++) {
      scores[i] = (float) Math.exp(scores[i] - highest);
      total += scores[i];
    }
    for (int d = 0; d < headDim; d++) {
      double sum = 0;
      for (int p = from; p <= to; p++) {
        long value = cache.offsetBytes(blockTable, p) + headOffsetBytes;
        sum += (double) scores[p - from] * element(ElementType.F32, cache.values(), value, d);
      }
      out[outOffset + d] = (float) (sum / total);
    }
  }

  @Override
  public long read(MemorySegment memory, long offsetBytes, long sizeBytes) {
    long sum = 0;
    for (long i = 0; i < sizeBytes; i += Long.BYTES) {
      sum += memory.get(JAVA_LONG_UNALIGNED, offsetBytes + i);
    }
    return sum;
  }

  private static float dot(float[] a, float[] b, int bOffset, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) a[i] * b[bOffset + i];
    }
    return (float) sum;
  }

  /// Element `i` of a row that begins at `offsetBytes`, exactly.
  static float element(ElementType type, MemorySegment memory, long offsetBytes, int i) {
    return switch (type) {
      case F32 -> memory.get(F32, offsetBytes + 4L * i);
      case F16 -> Float.float16ToFloat(memory.get(U16, offsetBytes + 2L * i));
      case BF16 -> Float.intBitsToFloat(memory.get(U16, offsetBytes + 2L * i) << 16);
    };
  }
}
