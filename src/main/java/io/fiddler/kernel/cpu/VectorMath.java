package io.fiddler.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Functions of whole vectors that leave no freedom to the JIT: the same bits interpreted and
/// compiled.
final class VectorMath {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  // Constants, not an array of them: only then does C2 see which lanes move.
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(F, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(F, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(F, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(F, 1, 1, true);

  private static final float LOG2_E = 1.442695f;

  /// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
  private static final float ROUNDING = 0x1.8p23f;

  private VectorMath() {}

  /// Sum of all lanes, halves first. `reduceLanes(ADD)` leaves the order open, and C2 does choose
  /// another one than the interpreter.
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (L >= 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (L >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.add(s.rearrange(BY_1)).lane(0);
  }

  /// e^x to about 1 ulp, for x clamped to [-87.3, 88]: reduction to `[-ln 2 / 2, ln 2 / 2]` and the
  /// polynomial of the Cephes library's `expf`.
  static FloatVector exp(FloatVector x) {
    FloatVector y = x.max(-87.3f).min(88f);
    FloatVector n = y.mul(LOG2_E).add(ROUNDING).sub(ROUNDING);
    FloatVector r = n.fma(FloatVector.broadcast(F, -0.6933594f), y);
    r = n.fma(FloatVector.broadcast(F, 2.12194440e-4f), r);
    FloatVector p = FloatVector.broadcast(F, 1.9875691e-4f);
    p = p.fma(r, FloatVector.broadcast(F, 1.3981999e-3f));
    p = p.fma(r, FloatVector.broadcast(F, 8.333452e-3f));
    p = p.fma(r, FloatVector.broadcast(F, 4.1665796e-2f));
    p = p.fma(r, FloatVector.broadcast(F, 0.16666666f));
    p = p.fma(r, FloatVector.broadcast(F, 0.5f));
    p = p.fma(r.mul(r), r.add(1f));
    IntVector exponent = n.convertShape(F2I, I, 0).reinterpretAsInts().add(127);
    return p.mul(exponent.lanewise(LSHL, 23).reinterpretAsFloats());
  }
}
