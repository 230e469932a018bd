package io.fiddler.kernel.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Tiles of the matrix product for F16 weights, two a lane as in {@link Bf16Tiles}. Shifted right
/// by three, exponent and mantissa stand where float32 has them, the exponent too small by 112; a
/// multiplication by 2^112 corrects it exactly, for subnormal numbers as well.
final class F16Tiles {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int SIGN_AND_MAGNITUDE = 0x8fffe000;
  private static final float REBIAS = 0x1p112f;

  private F16Tiles() {}

  /// 4 rows of weights by 4 of activations.
  static void tile4x4(
      MemorySegment w,
      long offset,
      long rowSizeBytes,
      int cols,
      float[] x,
      int xOffset,
      int xStride,
      float[] lanes) {
    FloatVector a00 = FloatVector.zero(F);
    FloatVector a01 = FloatVector.zero(F);
    FloatVector a02 = FloatVector.zero(F);
    FloatVector a03 = FloatVector.zero(F);
    FloatVector a10 = FloatVector.zero(F);
    FloatVector a11 = FloatVector.zero(F);
    FloatVector a12 = FloatVector.zero(F);
    FloatVector a13 = FloatVector.zero(F);
    FloatVector a20 = FloatVector.zero(F);
    FloatVector a21 = FloatVector.zero(F);
    FloatVector a22 = FloatVector.zero(F);
    FloatVector a23 = FloatVector.zero(F);
    FloatVector a30 = FloatVector.zero(F);
    FloatVector a31 = FloatVector.zero(F);
    FloatVector a32 = FloatVector.zero(F);
    FloatVector a33 = FloatVector.zero(F);
    for (int k = 0; k < cols; k += 2 * L) {
      long p = offset + 2L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector d0 = FloatVector.fromArray(F, x, q + L);
      FloatVector e1 = FloatVector.fromArray(F, x, q + xStride);
      FloatVector d1 = FloatVector.fromArray(F, x, q + xStride + L);
      FloatVector e2 = FloatVector.fromArray(F, x, q + 2 * xStride);
      FloatVector d2 = FloatVector.fromArray(F, x, q + 2 * xStride + L);
      FloatVector e3 = FloatVector.fromArray(F, x, q + 3 * xStride);
      FloatVector d3 = FloatVector.fromArray(F, x, q + 3 * xStride + L);
      IntVector w0 = IntVector.fromMemorySegment(I, w, p, LITTLE_ENDIAN);
      FloatVector l0 =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h0 =
          w0.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a00 = h0.fma(d0, l0.fma(e0, a00));
      a01 = h0.fma(d1, l0.fma(e1, a01));
      a02 = h0.fma(d2, l0.fma(e2, a02));
      a03 = h0.fma(d3, l0.fma(e3, a03));
      IntVector w1 = IntVector.fromMemorySegment(I, w, p + rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l1 =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h1 =
          w1.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a10 = h1.fma(d0, l1.fma(e0, a10));
      a11 = h1.fma(d1, l1.fma(e1, a11));
      a12 = h1.fma(d2, l1.fma(e2, a12));
      a13 = h1.fma(d3, l1.fma(e3, a13));
      IntVector w2 = IntVector.fromMemorySegment(I, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l2 =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h2 =
          w2.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a20 = h2.fma(d0, l2.fma(e0, a20));
      a21 = h2.fma(d1, l2.fma(e1, a21));
      a22 = h2.fma(d2, l2.fma(e2, a22));
      a23 = h2.fma(d3, l2.fma(e3, a23));
      IntVector w3 = IntVector.fromMemorySegment(I, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l3 =
          w3.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h3 =
          w3.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a30 = h3.fma(d0, l3.fma(e0, a30));
      a31 = h3.fma(d1, l3.fma(e1, a31));
      a32 = h3.fma(d2, l3.fma(e2, a32));
      a33 = h3.fma(d3, l3.fma(e3, a33));
    }
    a00.intoArray(lanes, 0);
    a01.intoArray(lanes, L);
    a02.intoArray(lanes, 2 * L);
    a03.intoArray(lanes, 3 * L);
    a10.intoArray(lanes, 4 * L);
    a11.intoArray(lanes, 5 * L);
    a12.intoArray(lanes, 6 * L);
    a13.intoArray(lanes, 7 * L);
    a20.intoArray(lanes, 8 * L);
    a21.intoArray(lanes, 9 * L);
    a22.intoArray(lanes, 10 * L);
    a23.intoArray(lanes, 11 * L);
    a30.intoArray(lanes, 12 * L);
    a31.intoArray(lanes, 13 * L);
    a32.intoArray(lanes, 14 * L);
    a33.intoArray(lanes, 15 * L);
  }

  /// 4 rows of weights by 2 of activations.
  static void tile4x2(
      MemorySegment w,
      long offset,
      long rowSizeBytes,
      int cols,
      float[] x,
      int xOffset,
      int xStride,
      float[] lanes) {
    FloatVector a00 = FloatVector.zero(F);
    FloatVector a01 = FloatVector.zero(F);
    FloatVector a10 = FloatVector.zero(F);
    FloatVector a11 = FloatVector.zero(F);
    FloatVector a20 = FloatVector.zero(F);
    FloatVector a21 = FloatVector.zero(F);
    FloatVector a30 = FloatVector.zero(F);
    FloatVector a31 = FloatVector.zero(F);
    for (int k = 0; k < cols; k += 2 * L) {
      long p = offset + 2L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector d0 = FloatVector.fromArray(F, x, q + L);
      FloatVector e1 = FloatVector.fromArray(F, x, q + xStride);
      FloatVector d1 = FloatVector.fromArray(F, x, q + xStride + L);
      IntVector w0 = IntVector.fromMemorySegment(I, w, p, LITTLE_ENDIAN);
      FloatVector l0 =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h0 =
          w0.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a00 = h0.fma(d0, l0.fma(e0, a00));
      a01 = h0.fma(d1, l0.fma(e1, a01));
      IntVector w1 = IntVector.fromMemorySegment(I, w, p + rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l1 =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h1 =
          w1.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a10 = h1.fma(d0, l1.fma(e0, a10));
      a11 = h1.fma(d1, l1.fma(e1, a11));
      IntVector w2 = IntVector.fromMemorySegment(I, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l2 =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h2 =
          w2.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a20 = h2.fma(d0, l2.fma(e0, a20));
      a21 = h2.fma(d1, l2.fma(e1, a21));
      IntVector w3 = IntVector.fromMemorySegment(I, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l3 =
          w3.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h3 =
          w3.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a30 = h3.fma(d0, l3.fma(e0, a30));
      a31 = h3.fma(d1, l3.fma(e1, a31));
    }
    a00.intoArray(lanes, 0);
    a01.intoArray(lanes, L);
    a10.intoArray(lanes, 2 * L);
    a11.intoArray(lanes, 3 * L);
    a20.intoArray(lanes, 4 * L);
    a21.intoArray(lanes, 5 * L);
    a30.intoArray(lanes, 6 * L);
    a31.intoArray(lanes, 7 * L);
  }

  /// 4 rows of weights by one of activations.
  static void tile4x1(
      MemorySegment w,
      long offset,
      long rowSizeBytes,
      int cols,
      float[] x,
      int xOffset,
      float[] lanes) {
    FloatVector a00 = FloatVector.zero(F);
    FloatVector a10 = FloatVector.zero(F);
    FloatVector a20 = FloatVector.zero(F);
    FloatVector a30 = FloatVector.zero(F);
    for (int k = 0; k < cols; k += 2 * L) {
      long p = offset + 2L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector d0 = FloatVector.fromArray(F, x, q + L);
      IntVector w0 = IntVector.fromMemorySegment(I, w, p, LITTLE_ENDIAN);
      FloatVector l0 =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h0 =
          w0.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a00 = h0.fma(d0, l0.fma(e0, a00));
      IntVector w1 = IntVector.fromMemorySegment(I, w, p + rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l1 =
          w1.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h1 =
          w1.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a10 = h1.fma(d0, l1.fma(e0, a10));
      IntVector w2 = IntVector.fromMemorySegment(I, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l2 =
          w2.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h2 =
          w2.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a20 = h2.fma(d0, l2.fma(e0, a20));
      IntVector w3 = IntVector.fromMemorySegment(I, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      FloatVector l3 =
          w3.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h3 =
          w3.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a30 = h3.fma(d0, l3.fma(e0, a30));
    }
    a00.intoArray(lanes, 0);
    a10.intoArray(lanes, L);
    a20.intoArray(lanes, 2 * L);
    a30.intoArray(lanes, 3 * L);
  }

  /// One row of weights by one of activations.
  static void tile1x1(
      MemorySegment w, long offset, int cols, float[] x, int xOffset, float[] lanes) {
    FloatVector a00 = FloatVector.zero(F);
    for (int k = 0; k < cols; k += 2 * L) {
      long p = offset + 2L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector d0 = FloatVector.fromArray(F, x, q + L);
      IntVector w0 = IntVector.fromMemorySegment(I, w, p, LITTLE_ENDIAN);
      FloatVector l0 =
          w0.lanewise(LSHL, 16)
              .lanewise(ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector h0 =
          w0.lanewise(ASHR, 3).and(SIGN_AND_MAGNITUDE).reinterpretAsFloats().mul(REBIAS);
      a00 = h0.fma(d0, l0.fma(e0, a00));
    }
    a00.intoArray(lanes, 0);
  }
}
