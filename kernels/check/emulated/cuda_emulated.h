// CUDA C++ on the CPU, as far as the kernels use it: a block's threads are coroutines that take turns at barriers and exchanges
// between lanes. Slow and exact; it runs every kernel's code where there is no GPU. See emulation.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __noinline__
#define __launch_bounds__(...)
#define DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(emulated::dynamic_shared())

#define threadIdx (emulated::current().thread)
#define blockIdx (emulated::current().block)
#define blockDim (emulated::current().block_size)
#define gridDim (emulated::current().grid_size)

namespace emulated {

struct Index {
  unsigned x, y, z;
};

struct Place {
  Index thread, block, block_size, grid_size;
};

constexpr int LANES = 32;
constexpr size_t MAX_EXCHANGE = 32;  // bytes of a lane

// Of the thread that runs.
const Place& current();

void* dynamic_shared();

void sync_block();

// Waits for all lanes of the warp; then `all` [LANES][MAX_EXCHANGE] has what each of them brought, until the lane's next call.
const unsigned char* exchange(const void* mine, size_t size);

}  // namespace emulated

using std::max;
using std::min;

struct alignas(8) uint2 {
  unsigned x, y;
};

struct uint4 {
  unsigned x, y, z, w;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

struct alignas(8) float2 {
  float x, y;
};

inline void __syncthreads() { emulated::sync_block(); }

inline void __syncwarp() { emulated::exchange(nullptr, 0); }

template <class T>
T __shfl_xor_sync(unsigned, T value, int distance) {
  const unsigned char* all = emulated::exchange(&value, sizeof value);
  const unsigned lane = threadIdx.x % emulated::LANES;
  T other;
  std::memcpy(&other, all + (lane ^ distance) * emulated::MAX_EXCHANGE, sizeof other);
  return other;
}

inline float __uint_as_float(unsigned bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline unsigned __float_as_uint(float value) {
  unsigned bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }

// What ptx.cuh has.

inline uint4 load_once(const void* address) {
  uint4 v;
  if (reinterpret_cast<uintptr_t>(address) % sizeof v != 0) {
    __builtin_trap();  // the device faults, too
  }
  std::memcpy(&v, address, sizeof v);
  return v;
}

inline unsigned round_to_bf16(float value) {
  const unsigned bits = __float_as_uint(value);
  return value != value ? 0x7fffu : (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

inline unsigned pack_bf16(float low, float high) { return round_to_bf16(high) << 16 | round_to_bf16(low); }

inline float widen_f16(unsigned short bits) {
  _Float16 value;
  std::memcpy(&value, &bits, sizeof value);
  return static_cast<float>(value);
}

inline void multiply_bf16(float (&c)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) {
  const unsigned mine[6] = {a0, a1, a2, a3, b0, b1};
  const unsigned char* all = emulated::exchange(mine, sizeof mine);
  const auto fragment = [&](int lane, int index) {
    unsigned pair;
    std::memcpy(&pair, all + lane * emulated::MAX_EXCHANGE + index * sizeof pair, sizeof pair);
    return pair;
  };
  const int lane = threadIdx.x % emulated::LANES;
  for (int i = 0; i < 4; i++) {
    const int row = lane / 4 + 8 * (i / 2);
    const int column = 2 * (lane % 4) + i % 2;
    double sum = c[i];
    for (int pair = 0; pair < 8; pair++) {
      const unsigned a = fragment(row % 8 * 4 + pair % 4, row / 8 + 2 * (pair / 4));
      const unsigned b = fragment(column * 4 + pair % 4, 4 + pair / 4);
      sum += (double)__uint_as_float(a << 16) * __uint_as_float(b << 16);
      sum += (double)__uint_as_float(a & 0xffff0000u) * __uint_as_float(b & 0xffff0000u);
    }
    c[i] = (float)sum;
  }
}

inline void load_transposed(unsigned (&m)[4], const void* row) {
  if (reinterpret_cast<uintptr_t>(row) % 16 != 0) {
    __builtin_trap();  // the device faults, too
  }
  const unsigned char* all = emulated::exchange(&row, sizeof row);
  const auto element = [&](int matrix, int of_row, int column) {
    const unsigned char* from;
    std::memcpy(&from, all + (8 * matrix + of_row) * emulated::MAX_EXCHANGE, sizeof from);
    uint16_t bits;
    std::memcpy(&bits, from + 2 * column, sizeof bits);
    return (unsigned)bits;
  };
  const int g = threadIdx.x % emulated::LANES / 4, t = threadIdx.x % 4;
  for (int i = 0; i < 4; i++) {
    m[i] = element(i, 2 * t + 1, g) << 16 | element(i, 2 * t, g);
  }
}
