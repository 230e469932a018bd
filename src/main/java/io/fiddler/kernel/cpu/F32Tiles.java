package io.fiddler.kernel.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Tiles of the matrix product for F32 weights; activations are in their natural order. See {@link
/// Bf16Tiles} for the rules.
final class F32Tiles {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  private F32Tiles() {}

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
    for (int k = 0; k < cols; k += L) {
      long p = offset + 4L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector e1 = FloatVector.fromArray(F, x, q + xStride);
      FloatVector e2 = FloatVector.fromArray(F, x, q + 2 * xStride);
      FloatVector e3 = FloatVector.fromArray(F, x, q + 3 * xStride);
      FloatVector w0 = FloatVector.fromMemorySegment(F, w, p, LITTLE_ENDIAN);
      a00 = w0.fma(e0, a00);
      a01 = w0.fma(e1, a01);
      a02 = w0.fma(e2, a02);
      a03 = w0.fma(e3, a03);
      FloatVector w1 = FloatVector.fromMemorySegment(F, w, p + rowSizeBytes, LITTLE_ENDIAN);
      a10 = w1.fma(e0, a10);
      a11 = w1.fma(e1, a11);
      a12 = w1.fma(e2, a12);
      a13 = w1.fma(e3, a13);
      FloatVector w2 = FloatVector.fromMemorySegment(F, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      a20 = w2.fma(e0, a20);
      a21 = w2.fma(e1, a21);
      a22 = w2.fma(e2, a22);
      a23 = w2.fma(e3, a23);
      FloatVector w3 = FloatVector.fromMemorySegment(F, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      a30 = w3.fma(e0, a30);
      a31 = w3.fma(e1, a31);
      a32 = w3.fma(e2, a32);
      a33 = w3.fma(e3, a33);
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
    for (int k = 0; k < cols; k += L) {
      long p = offset + 4L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector e1 = FloatVector.fromArray(F, x, q + xStride);
      FloatVector w0 = FloatVector.fromMemorySegment(F, w, p, LITTLE_ENDIAN);
      a00 = w0.fma(e0, a00);
      a01 = w0.fma(e1, a01);
      FloatVector w1 = FloatVector.fromMemorySegment(F, w, p + rowSizeBytes, LITTLE_ENDIAN);
      a10 = w1.fma(e0, a10);
      a11 = w1.fma(e1, a11);
      FloatVector w2 = FloatVector.fromMemorySegment(F, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      a20 = w2.fma(e0, a20);
      a21 = w2.fma(e1, a21);
      FloatVector w3 = FloatVector.fromMemorySegment(F, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      a30 = w3.fma(e0, a30);
      a31 = w3.fma(e1, a31);
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
    for (int k = 0; k < cols; k += L) {
      long p = offset + 4L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector w0 = FloatVector.fromMemorySegment(F, w, p, LITTLE_ENDIAN);
      a00 = w0.fma(e0, a00);
      FloatVector w1 = FloatVector.fromMemorySegment(F, w, p + rowSizeBytes, LITTLE_ENDIAN);
      a10 = w1.fma(e0, a10);
      FloatVector w2 = FloatVector.fromMemorySegment(F, w, p + 2 * rowSizeBytes, LITTLE_ENDIAN);
      a20 = w2.fma(e0, a20);
      FloatVector w3 = FloatVector.fromMemorySegment(F, w, p + 3 * rowSizeBytes, LITTLE_ENDIAN);
      a30 = w3.fma(e0, a30);
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
    for (int k = 0; k < cols; k += L) {
      long p = offset + 4L * k;
      int q = xOffset + k;
      FloatVector e0 = FloatVector.fromArray(F, x, q);
      FloatVector w0 = FloatVector.fromMemorySegment(F, w, p, LITTLE_ENDIAN);
      a00 = w0.fma(e0, a00);
    }
    a00.intoArray(lanes, 0);
  }
}
