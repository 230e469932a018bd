// The few instructions that CUDA C++ has no word for. The emulation (kernels/check/emulated) has the same functions in plain C++.
#pragma once

// 16 bytes that are read once in the launch: they pass by L1, which the activations then have for themselves.
__device__ inline uint4 load_once(const void* address) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(address));
  return v;
}

// Two floats rounded to bf16 (to nearest, ties to even), `low` in the lower half.
__device__ inline unsigned pack_bf16(float low, float high) {
  unsigned packed;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
}

__device__ inline float widen_f16(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

// c [16, 8] += a [16, 16] b [16, 8], bf16 with float32 sums. With g = lane / 4 and t = lane % 4 a lane holds the pairs
// a[0] (row g, pair t), a[1] (row g + 8, pair t), a[2] (row g, pair t + 4), a[3] (row g + 8, pair t + 4), b0 (pair t, column g),
// b1 (pair t + 4, column g), and c[0], c[1] (row g, columns 2 t, 2 t + 1), c[2], c[3] (row g + 8, the same columns).
__device__ inline void multiply_bf16(float (&c)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

// Four 8 x 8 matrices of bf16 in shared memory, transposed: lane 8 m + r brings the address of row r of matrix m (a multiple of 16
// bytes) and gets of each matrix the rows 2 t and 2 t + 1 of column g, which is a b0 or b1 of multiply_bf16.
__device__ inline void load_transposed(unsigned (&m)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(m[0]), "=r"(m[1]), "=r"(m[2]), "=r"(m[3])
               : "r"((unsigned)__cvta_generic_to_shared(row))
               : "memory");
}
