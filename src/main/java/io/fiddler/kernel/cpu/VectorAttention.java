package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Attention of one query head over the positions of its sequence, block of the cache by block.
final class VectorAttention {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private VectorAttention() {}

  /// See {@link CpuKernels#attend}.
  static void attend(
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
    int count = to - from + 1;
    float[] scores = scratch.scores(count);
    long headOffset = (long) kvOffset * Float.BYTES;
    int blockTokens = cache.blockTokens();
    for (int p = from; p <= to; ) {
      int run = Math.min(to + 1 - p, blockTokens - p % blockTokens);
      long offset = cache.offsetBytes(blockTable, p) + headOffset;
      score(query, queryOffset, headDim, cache, offset, run, scores, p - from);
      p += run;
    }
    float total = softmax(scores, count, (float) (1 / Math.sqrt(headDim)));
    for (int d = 0; d < headDim; ) {
      int width = d + 4 * L <= headDim ? 4 * L : d + L <= headDim ? L : 1;
      for (int i = 0; i < width; i++) {
        out[outOffset + d + i] = 0;
      }
      for (int p = from; p <= to; ) {
        int run = Math.min(to + 1 - p, blockTokens - p % blockTokens);
        long offset = cache.offsetBytes(blockTable, p) + headOffset + 4L * d;
        add(scores, p - from, run, cache, offset, width, out, outOffset + d);
        p += run;
      }
      d += width;
    }
    for (int d = 0; d < headDim; d++) {
      out[outOffset + d] /= total;
    }
  }

  /// Query times the keys of `run` positions that follow each other in the cache.
  private static void score(
      float[] query,
      int queryOffset,
      int headDim,
      PagedKv cache,
      long offset,
      int run,
      float[] scores,
      int first) {
    MemorySegment keys = cache.keys();
    long rowSizeBytes = 4L * cache.width();
    int vectorDim = headDim - headDim % L;
    for (int i = 0; i < run; i++) {
      long key = offset + i * rowSizeBytes;
      FloatVector sums = FloatVector.zero(F);
      for (int d = 0; d < vectorDim; d += L) {
        FloatVector q = FloatVector.fromArray(F, query, queryOffset + d);
        sums = FloatVector.fromMemorySegment(F, keys, key + 4L * d, LITTLE_ENDIAN).fma(q, sums);
      }
      float score = VectorMath.sum(sums);
      for (int d = vectorDim; d < headDim; d++) {
        score = Math.fma(keys.get(F32, key + 4L * d), query[queryOffset + d], score);
      }
      scores[first + i] = score;
    }
  }

  /// Turns scores into `e^(scale * (score - highest))`; returns their sum.
  private static float softmax(float[] scores, int count, float scale) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      scores[i] *= scale;
      highest = Math.max(highest, scores[i]);
    }
    FloatVector sums = FloatVector.zero(F);
    int padded = (count + L - 1) / L * L;
    for (int i = 0; i < padded; i += L) {
      VectorMath.exp(FloatVector.fromArray(F, scores, i).sub(highest)).intoArray(scores, i);
    }
    Arrays.fill(scores, count, padded, 0);
    for (int i = 0; i < padded; i += L) {
      sums = sums.add(FloatVector.fromArray(F, scores, i));
    }
    return VectorMath.sum(sums);
  }

  /// Adds the weighted values of `run` positions to `width` floats of the result.
  private static void add(
      float[] weights,
      int first,
      int run,
      PagedKv cache,
      long offset,
      int width,
      float[] out,
      int outOffset) {
    MemorySegment values = cache.values();
    long rowSizeBytes = 4L * cache.width();
    if (width == 4 * L) {
      addFour(weights, first, run, values, offset, rowSizeBytes, out, outOffset);
    } else if (width == L) {
      FloatVector sum = FloatVector.fromArray(F, out, outOffset);
      for (int i = 0; i < run; i++) {
        FloatVector value =
            FloatVector.fromMemorySegment(F, values, offset + i * rowSizeBytes, LITTLE_ENDIAN);
        sum = value.fma(FloatVector.broadcast(F, weights[first + i]), sum);
      }
      sum.intoArray(out, outOffset);
    } else {
      for (int i = 0; i < run; i++) {
        float value = values.get(F32, offset + i * rowSizeBytes);
        out[outOffset] = Math.fma(value, weights[first + i], out[outOffset]);
      }
    }
  }

  private static void addFour(
      float[] weights,
      int first,
      int run,
      MemorySegment values,
      long offset,
      long rowSizeBytes,
      float[] out,
      int outOffset) {
    FloatVector s0 = FloatVector.fromArray(F, out, outOffset);
    FloatVector s1 = FloatVector.fromArray(F, out, outOffset + L);
    FloatVector s2 = FloatVector.fromArray(F, out, outOffset + 2 * L);
    FloatVector s3 = FloatVector.fromArray(F, out, outOffset + 3 * L);
    for (int i = 0; i < run; i++) {
      long p = offset + i * rowSizeBytes;
      FloatVector weight = FloatVector.broadcast(F, weights[first + i]);
      s0 = FloatVector.fromMemorySegment(F, values, p, LITTLE_ENDIAN).fma(weight, s0);
      s1 = FloatVector.fromMemorySegment(F, values, p + 4L * L, LITTLE_ENDIAN).fma(weight, s1);
      s2 = FloatVector.fromMemorySegment(F, values, p + 8L * L, LITTLE_ENDIAN).fma(weight, s2);
      s3 = FloatVector.fromMemorySegment(F, values, p + 12L * L, LITTLE_ENDIAN).fma(weight, s3);
    }
    s0.intoArray(out, outOffset);
    s1.intoArray(out, outOffset + L);
    s2.intoArray(out, outOffset + 2 * L);
    s3.intoArray(out, outOffset + 3 * L);
  }
}
