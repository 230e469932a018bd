// Products of weights with 1 to 16 rows of activations ("tokens"), bound by reading the weights once. A warp computes a band: 32
// outputs, which are two blocks of 16 weight rows, over its part of the depth. The kernels decide what the two blocks are, how warps
// share the depth, and add up what they found.
//
// BF16 weights go to the tensor cores as they are. An activation, float32, is split into two bf16, high and low, multiplied apart
// and added at the end: that leaves an error of 2^-17 of an activation instead of 2^-9, and is free, because the tensor cores wait
// for memory anyway. Other weights, and sizes that 8 does not divide, take the plain path below: float32, without tensor cores.
//
// On both paths a token's result is the same bits whatever tokens stand beside it.
#pragma once

#include "device.cuh"

constexpr int WARPS = 8;    // of a block
constexpr int BAND = 32;    // outputs a warp computes at once
constexpr int BLOCK = 16;   // weight rows in half a band
constexpr int DEPTH = 32;   // columns of a step; the lanes with lane % 4 = t hold the eight from 8 t
constexpr int MAX_TOKENS = 16;

// Floats of shared memory that the sums of one band take: [tokens][BAND + 1], the one against bank conflicts.
constexpr int BAND_STRIDE = BAND + 1;
constexpr int BAND_SUMS = MAX_TOKENS * BAND_STRIDE;

// The activations of up to 16 tokens, found through an index where there is one.
struct Tokens {
  const float* rows;  // [.., depth]
  const int* index;   // null: token i is row i
  int count;
  int depth;

  // The first token stands in for one that is not there: columns of a product do not touch each other, and nobody looks.
  __device__ const float* row(int token) const {
    const int present = token < count ? token : 0;
    return row_of(rows, index ? index[present] : present, depth);
  }
};

// A band of row-major weights. w[2 m + h] are the eight columns of row g + 8 h of block m, with g = lane / 4.
struct RowMajorBand {
  const bf16* from[4];
  int depth;

  // A block has `valid` rows; in place of those behind the last is read again, and nobody looks at what becomes of it.
  __device__ RowMajorBand(const bf16* block0, int valid0, const bf16* block1, int valid1, int depth) : depth(depth) {
    const int lane = threadIdx.x % WARP;
    const int g = lane / 4, t = lane % 4;
    from[0] = row_of(block0, min(g, valid0 - 1), depth) + 8 * t;
    from[1] = row_of(block0, min(g + 8, valid0 - 1), depth) + 8 * t;
    from[2] = row_of(block1, min(g, valid1 - 1), depth) + 8 * t;
    from[3] = row_of(block1, min(g + 8, valid1 - 1), depth) + 8 * t;
  }

  __device__ void load(int step, uint4 (&w)[4]) const {
    const bool inside = step * DEPTH + 8 * (int)(threadIdx.x % 4) < depth;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      w[i] = inside ? load_once(from[i] + step * DEPTH) : uint4{0, 0, 0, 0};
    }
  }

  // What multiply_bf16 takes of product m for the columns 8 t + 4 s .. + 3.
  __device__ static void fragment(const uint4 (&w)[4], int m, int s, unsigned (&a)[4]) {
    const uint4 low = w[2 * m], high = w[2 * m + 1];
    a[0] = s ? low.z : low.x, a[1] = s ? high.z : high.x;
    a[2] = s ? low.w : low.y, a[3] = s ? high.w : high.y;
  }

  // Which output of the band row g + 8 h of product m is.
  __device__ static int output(int m, int h, int g) { return BLOCK * m + g + 8 * h; }
};

// A band of weights as the CPU's lane packs them (tile_packing.h), each block a panel. w[i] are the columns 8 t + 2 i and 8 t + 2 i
// + 1 of the rows 4 (g % 4) .. + 3 of block g / 4: which output a row of a product stands for is free to choose.
struct PackedBand {
  const bf16* from;

  __device__ PackedBand(const bf16* block0, const bf16* block1) {
    const int lane = threadIdx.x % WARP;
    const int g = lane / 4, t = lane % 4;
    from = (g < 4 ? block0 : block1) + (4 * t * BLOCK + 4 * (g % 4)) * 2;
  }

  __device__ void load(int step, uint4 (&w)[4]) const {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      w[i] = load_once(from + (long long)step * DEPTH * BLOCK + i * BLOCK * 2);
    }
  }

  __device__ static void fragment(const uint4 (&w)[4], int m, int s, unsigned (&a)[4]) {
    const uint4 even = w[2 * s], odd = w[2 * s + 1];
    a[0] = m ? even.z : even.x, a[1] = m ? even.w : even.y;
    a[2] = m ? odd.z : odd.x, a[3] = m ? odd.w : odd.y;
  }

  __device__ static int output(int m, int h, int g) { return g / 4 * BLOCK + 4 * (g % 4) + 2 * m + h; }
};

// Sums of a band for up to TOKENS (4, 8 or 16) tokens in the registers of a warp. Products of high and low parts are kept apart:
// columns 0-3 and 4-7 of one instruction for 4 tokens, else instructions of their own (even and odd index).
template <int TOKENS>
struct BandSums {
  static constexpr int COLUMN_BLOCKS = TOKENS == 4 ? 1 : TOKENS / 4;
  static constexpr int TOKENS_OF_LANE = TOKENS == 16 ? 2 : 1;
  // 4 KiB of weights under way a warp, 64 KiB a multiprocessor: more would cost registers that spill.
  static constexpr int STEPS_AT_ONCE = TOKENS == 16 ? 1 : 2;

  float sums[2][COLUMN_BLOCKS][4];
  const float* x[TOKENS_OF_LANE];
  int depth;

  __device__ BandSums(const Tokens& tokens) : sums{}, depth(tokens.depth) {
    const int lane = threadIdx.x % WARP;
    const int g = lane / 4;
#pragma unroll
    for (int i = 0; i < TOKENS_OF_LANE; i++) {
      x[i] = tokens.row(TOKENS == 4 ? g % 4 : g + 8 * i);
    }
  }

  // The steps first, first + stride ... of the depth.
  template <class BandOfWeights>
  __device__ void add(const BandOfWeights& band, int first, int stride) {
    const int steps = (depth + DEPTH - 1) / DEPTH;
    int step = first;
    for (; step + (STEPS_AT_ONCE - 1) * stride < steps; step += STEPS_AT_ONCE * stride) {
      add_steps<STEPS_AT_ONCE>(band, step, stride);
    }
    for (; step < steps; step += stride) {
      add_steps<1>(band, step, stride);
    }
  }

  // Writes the sums to shared [TOKENS][BAND_STRIDE].
  template <class BandOfWeights>
  __device__ void store(float* shared) {
    const int lane = threadIdx.x % WARP;
    const int g = lane / 4, t = lane % 4;
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const int output = BandOfWeights::output(m, i / 2, g);
        if (TOKENS == 4) {
          const float both = sums[m][0][i] + __shfl_xor_sync(ALL_LANES, sums[m][0][i], 2);
          if (t < 2) {
            shared[(2 * t + i % 2) * BAND_STRIDE + output] = both;
          }
        } else {
#pragma unroll
          for (int c = 0; c < COLUMN_BLOCKS; c += 2) {
            shared[(4 * c + 2 * t + i % 2) * BAND_STRIDE + output] = sums[m][c][i] + sums[m][(c + 1) % COLUMN_BLOCKS][i];
          }
        }
      }
    }
  }

 private:
  // All loads of weights are under way before the first product.
  template <int STEPS, class BandOfWeights>
  __device__ void add_steps(const BandOfWeights& band, int step, int stride) {
    uint4 w[STEPS][4];
#pragma unroll
    for (int u = 0; u < STEPS; u++) {
      band.load(step + u * stride, w[u]);
    }
#pragma unroll
    for (int u = 0; u < STEPS; u++) {
      add_step<BandOfWeights>(w[u], step + u * stride);
    }
  }

  template <class BandOfWeights>
  __device__ void add_step(const uint4 (&w)[4], int step) {
    // Behind the end the weights are zeros, and any activation will do.
    const int k = step * DEPTH + 8 * (int)(threadIdx.x % 4);
#pragma unroll
    for (int i = 0; i < TOKENS_OF_LANE; i++) {
      float v[8];
      load8(x[i] + (k < depth ? k : 0), v);
      unsigned high[4], low[4];
#pragma unroll
      for (int p = 0; p < 4; p++) {
        split_pair(v[2 * p], v[2 * p + 1], high[p], low[p]);
      }
      const bool is_high = threadIdx.x % WARP < WARP / 2;
#pragma unroll
      for (int m = 0; m < 2; m++) {
#pragma unroll
        for (int s = 0; s < 2; s++) {
          unsigned a[4];
          BandOfWeights::fragment(w, m, s, a);
          if (TOKENS == 4) {
            multiply_bf16(sums[m][0], a[0], a[1], a[2], a[3], is_high ? high[2 * s] : low[2 * s],
                          is_high ? high[2 * s + 1] : low[2 * s + 1]);
          } else {
            multiply_bf16(sums[m][2 * i], a[0], a[1], a[2], a[3], high[2 * s], high[2 * s + 1]);
            multiply_bf16(sums[m][(2 * i + 1) % COLUMN_BLOCKS], a[0], a[1], a[2], a[3], low[2 * s], low[2 * s + 1]);
          }
        }
      }
    }
  }
};

// Every warp takes its share of the depth of one band; then the sums of warp w are in shared + w * BAND_SUMS, for all to read until
// the next call.
template <int TOKENS, class BandOfWeights>
__device__ void sum_band(const BandOfWeights& band, const Tokens& tokens, float* shared) {
  const int warp = threadIdx.x / WARP;
  BandSums<TOKENS> sums(tokens);
  sums.add(band, warp, WARPS);
  __syncthreads();  // the sums of the previous call have been read
  sums.template store<BandOfWeights>(shared + warp * BAND_SUMS);
  __syncthreads();
}

template <class BandOfWeights>
__device__ void sum_band(const BandOfWeights& band, const Tokens& tokens, float* shared) {
  if (tokens.count <= 4) {
    sum_band<4>(band, tokens, shared);
  } else if (tokens.count <= 8) {
    sum_band<8>(band, tokens, shared);
  } else {
    sum_band<16>(band, tokens, shared);
  }
}

// The sum over the warps of one output of a band, in order.
__device__ inline float sum_of_warps(const float* shared, int token, int output) {
  float sum = 0.0f;
#pragma unroll
  for (int w = 0; w < WARPS; w++) {
    sum += shared[w * BAND_SUMS + token * BAND_STRIDE + output];
  }
  return sum;
}

// The plain path: products of one weight row with COUNT tokens by a warp, any type and any depth, every lane knowing all results.
template <class T, int COUNT>
__device__ void dot_row(const T* weights, const Tokens& tokens, int first_token, float (&sums)[COUNT]) {
  const int depth = tokens.depth;
  const bool aligned = depth % 8 == 0;
  const float* x[COUNT];
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    x[i] = tokens.row(first_token + i);
    sums[i] = 0.0f;
  }
  for (int k = threadIdx.x % WARP * 8; k < depth; k += WARP * 8) {
    float w[8];
    load8(weights, k, depth, aligned, w);
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      float v[8];
      load8(x[i], k, depth, aligned, v);
#pragma unroll
      for (int j = 0; j < 8; j++) {
        sums[i] += w[j] * v[j];
      }
    }
  }
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    sums[i] = warp_sum(sums[i]);
  }
}

// The same for all tokens: the result of token i in lane i. Weights of further groups of four come from a cache.
template <class T>
__device__ float dot_row(const T* weights, const Tokens& tokens) {
  float result = 0.0f;
  for (int first = 0; first < tokens.count; first += 4) {
    float sums[4];
    dot_row(weights, tokens, first, sums);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if ((int)(threadIdx.x % WARP) == first + i) {
        result = sums[i];
      }
    }
  }
  return result;
}

// Whether weights of this type and depth go to the tensor cores.
__device__ inline bool uses_tensor_cores(const bf16*, int depth) { return depth % 8 == 0; }
__device__ inline bool uses_tensor_cores(const f16*, int) { return false; }
__device__ inline bool uses_tensor_cores(const float*, int) { return false; }
