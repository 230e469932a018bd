package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The operations with the Vector API, at the width the CPU prefers.
final class VectorKernels implements CpuKernels {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> WORDS = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));
  private static final int L = F.length();
  private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /// @throws UnsupportedOperationException with the reason, if this JVM or CPU would be slow or
  ///   wrong
  VectorKernels() {
    VectorPreconditions.check(F.vectorBitSize());
  }

  @Override
  public String name() {
    return "vector-" + F.vectorBitSize();
  }

  @Override
  public boolean arranges(ElementType weights) {
    return weights != ElementType.F32;
  }

  @Override
  public int arrangedIndex(int cols, int index) {
    int block = index - index % (2 * L);
    if (block + 2 * L > cols) {
      return index;
    }
    int within = index - block;
    return block + (within & 1) * L + within / 2;
  }

  @Override
  public void arrange(
      float[] source, int sourceOffset, int cols, float[] target, int targetOffset) {
    int end = cols - cols % (2 * L);
    for (int block = 0; block < end; block += 2 * L) {
      int from = sourceOffset + block;
      int to = targetOffset + block;
      for (int i = 0; i < L; i++) {
        target[to + i] = source[from + 2 * i];
        target[to + L + i] = source[from + 2 * i + 1];
      }
    }
    System.arraycopy(source, sourceOffset + end, target, targetOffset + end, cols - end);
  }

  @Override
  public void widen(
      ElementType type,
      MemorySegment source,
      long offsetBytes,
      int count,
      float[] target,
      int targetOffset) {
    if (type == ElementType.F32) {
      MemorySegment.copy(source, F32, offsetBytes, target, targetOffset, count);
      return;
    }
    int end = count - count % L;
    for (int i = 0; i < end; i += L) {
      IntVector bits =
          ShortVector.fromMemorySegment(HALVES, source, offsetBytes + 2L * i, LITTLE_ENDIAN)
              .convertShape(ZERO_EXTEND_S2I, I, 0)
              .reinterpretAsInts()
              .lanewise(LSHL, 16);
      FloatVector values =
          type == ElementType.BF16
              ? bits.reinterpretAsFloats()
              : bits.lanewise(ASHR, 3).and(0x8fffe000).reinterpretAsFloats().mul(0x1p112f);
      values.intoArray(target, targetOffset + i);
    }
    for (int i = end; i < count; i++) {
      target[targetOffset + i] = ScalarKernels.element(type, source, offsetBytes, i);
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
    VectorProduct.multiply(
        type,
        weights,
        offsetBytes,
        rows,
        cols,
        x,
        xOffset,
        count,
        scratch.lanes,
        out,
        outOffset,
        outStride);
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int count) {
    // Whole vectors to the end: an element's bits must not depend on where it stands.
    for (int i = 0; i < count; i += L) {
      FloatVector g = FloatVector.fromArray(F, gate, i);
      FloatVector u = FloatVector.fromArray(F, up, i);
      g.div(VectorMath.exp(g.neg()).add(1f)).mul(u).intoArray(gate, i);
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
    int end = count - count % L;
    FloatVector sums = FloatVector.zero(F);
    for (int i = 0; i < end; i += L) {
      FloatVector x = FloatVector.fromArray(F, source, sourceOffset + i);
      sums = x.fma(x, sums);
    }
    float squares = VectorMath.sum(sums);
    for (int i = end; i < count; i++) {
      squares = Math.fma(source[sourceOffset + i], source[sourceOffset + i], squares);
    }
    float scale = (float) (1 / Math.sqrt(squares / count + eps));
    for (int i = 0; i < end; i += L) {
      FloatVector.fromArray(F, source, sourceOffset + i)
          .mul(scale)
          .mul(FloatVector.fromArray(F, weight, i))
          .intoArray(target, targetOffset + i);
    }
    for (int i = end; i < count; i++) {
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
    VectorAttention.attend(
        query,
        queryOffset,
        headDim,
        cache,
        blockTable,
        kvOffset,
        from,
        to,
        scratch,
        out,
        outOffset);
  }

  @Override
  public long read(MemorySegment memory, long offsetBytes, long sizeBytes) {
    long width = WORDS.vectorByteSize();
    LongVector s0 = LongVector.zero(WORDS);
    LongVector s1 = s0;
    LongVector s2 = s0;
    LongVector s3 = s0;
    int steps = Math.toIntExact(sizeBytes / (4 * width));
    for (int i = 0; i < steps; i++) {
      long p = offsetBytes + i * (4 * width);
      s0 = s0.add(LongVector.fromMemorySegment(WORDS, memory, p, LITTLE_ENDIAN));
      s1 = s1.add(LongVector.fromMemorySegment(WORDS, memory, p + width, LITTLE_ENDIAN));
      s2 = s2.add(LongVector.fromMemorySegment(WORDS, memory, p + 2 * width, LITTLE_ENDIAN));
      s3 = s3.add(LongVector.fromMemorySegment(WORDS, memory, p + 3 * width, LITTLE_ENDIAN));
    }
    return s0.add(s1).add(s2.add(s3)).reduceLanes(ADD);
  }
}
