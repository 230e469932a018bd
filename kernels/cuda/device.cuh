// What all kernels share: element types, loads of eight elements, sums over a warp and a block.
//
// Conventions. Weights are BF16, F16 or F32 and give a kernel's name its ending; activations are float32 and row-major without
// padding. A count or index that changes from step to step is read from device memory, never passed by value, so that a captured
// graph can be launched again after the tables were rewritten; what a captured graph may not change (sizes of the model, addresses)
// is passed by value. A grid may be larger than the work: blocks without work leave. All kernels are named by extern "C".
#pragma once

#ifdef __CUDACC__
#include "ptx.cuh"
#define DYNAMIC_SHARED(type, name) extern __shared__ __align__(16) type name[]
#else
#include "cuda_emulated.h"
#endif

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

struct bf16 {
  unsigned short bits;
};

struct f16 {
  unsigned short bits;
};

__device__ inline float widen(float value) { return value; }
__device__ inline float widen(bf16 value) { return __uint_as_float((unsigned)value.bits << 16); }
__device__ inline float widen(f16 value) { return widen_f16(value.bits); }

__device__ inline bf16 round_bf16(float value) {
  bf16 rounded;
  rounded.bits = (unsigned short)(pack_bf16(value, 0.0f) & 0xffffu);
  return rounded;
}

// Both halves of a pair of bf16 as floats.
__device__ inline float low_of(unsigned pair) { return __uint_as_float(pair << 16); }
__device__ inline float high_of(unsigned pair) { return __uint_as_float(pair & 0xffff0000u); }

// Two floats as two pairs of bf16 that add up to them, but for 2^-17 of each.
__device__ inline void split_pair(float a, float b, unsigned& high, unsigned& low) {
  high = pack_bf16(a, b);
  low = pack_bf16(a - low_of(high), b - high_of(high));
}

// Eight elements from an address that is a multiple of 16 bytes.
__device__ inline void load8(const float* from, float (&v)[8]) {
  const float4 a = *reinterpret_cast<const float4*>(from);
  const float4 b = *reinterpret_cast<const float4*>(from + 4);
  v[0] = a.x, v[1] = a.y, v[2] = a.z, v[3] = a.w;
  v[4] = b.x, v[5] = b.y, v[6] = b.z, v[7] = b.w;
}

__device__ inline void load8(const bf16* from, float (&v)[8]) {
  const uint4 p = load_once(from);
  v[0] = low_of(p.x), v[1] = high_of(p.x), v[2] = low_of(p.y), v[3] = high_of(p.y);
  v[4] = low_of(p.z), v[5] = high_of(p.z), v[6] = low_of(p.w), v[7] = high_of(p.w);
}

__device__ inline void load8(const f16* from, float (&v)[8]) {
  const uint4 p = load_once(from);
  const unsigned pairs[4] = {p.x, p.y, p.z, p.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    v[2 * i] = widen_f16((unsigned short)(pairs[i] & 0xffffu));
    v[2 * i + 1] = widen_f16((unsigned short)(pairs[i] >> 16));
  }
}

// Elements [k, k + 8) of a row of `cols`, zeros behind its end; `aligned` says that every row begins at a multiple of 16 bytes.
template <class T>
__device__ inline void load8(const T* row, int k, int cols, bool aligned, float (&v)[8]) {
  if (aligned && k + 8 <= cols) {
    load8(row + k, v);
    return;
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
    v[i] = k + i < cols ? widen(row[k + i]) : 0.0f;
  }
}

__device__ inline float warp_sum(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

__device__ inline float warp_max(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  return value;
}

// Sum over the block, known to all its threads. `shared` has a place for each warp; usable again after the next barrier.
__device__ inline float block_sum(float value, float* shared) {
  value = warp_sum(value);
  if (threadIdx.x % WARP == 0) {
    shared[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  float total = 0.0f;
  for (int w = 0; w < (int)blockDim.x / WARP; w++) {
    total += shared[w];
  }
  return total;
}

__device__ inline float silu(float value) { return value / (1.0f + expf(-value)); }

// The address of row `row` of a matrix of `cols` columns.
template <class T>
__device__ inline T* row_of(T* matrix, long long row, int cols) {
  return matrix + row * cols;
}
