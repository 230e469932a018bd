// attention_prefill on tensor cores, for a cache in bf16 and headDim a multiple of 8 up to 128: about ten times as fast. The online
// softmax is that of FlashAttention-2, https://arxiv.org/abs/2307.08691: scores stay in the registers in which they are multiplied with
// the values. Queries and weights are split into two bf16, which leaves 2^-17 of each; keys and values are bf16 as they are.
//
// Parameters and results as for attention_prefill_*_bf16. Any rows are computed correctly, rows of one sequence that follow each other
// share what they read, and a row's result is the same bits whatever rows stand beside it.
//
// A block has 64 query vectors: 64 / (numHeads / numKvHeads) rows, at least one, with the heads that share a key/value head; a warp has
// 16 of them. They pass together over tiles of 64 positions: q [16, headDim] . k [64, headDim] -> weights [16, 64] . v [64, headDim].
//
// By headDim: attention_tensor_64, _128 (any multiple of 8 up to that).
// Launch: grid (tiles of rows, numKvHeads), any number of tiles (a block strides over them, the longest first), block 128.
// Graphs: everything about rows is read on the device.
#include "kv_cache.cuh"

constexpr int TENSOR_WARPS = 4;
constexpr int VECTORS_OF_WARP = 16;
constexpr int VECTORS = TENSOR_WARPS * VECTORS_OF_WARP;
constexpr int TILE = 64;  // positions

struct TensorInput {
  const float* query;
  int query_stride;
  const bf16* keys;
  const bf16* values;
  StepRows rows;
  const int* range;
  int num_heads;
  int num_kv_heads;
  int head_dim;
  int sliding_window;
  float scale;
  float* out;
  bf16* out_bf16;
};

// A row of a tile in shared memory: padded, so that eight rows lie in different banks.
template <int DIMS>
struct TileRow {
  static constexpr int STRIDE = DIMS + 8;
};

// Positions [first, first + TILE) of one head of keys or values, zeros from `end` on and behind headDim.
template <int DIMS>
__device__ inline void load_tile(const TensorInput& in, const bf16* cache, const int* table, int kv_head, int first, int end,
                                 bf16* shared) {
  constexpr int PIECES = DIMS / 8;
  for (int i = threadIdx.x; i < TILE * PIECES; i += blockDim.x) {
    const int position = first + i / PIECES;
    const int d = i % PIECES * 8;
    uint4 v = {0, 0, 0, 0};
    if (position < end && d < in.head_dim) {
      const long long cached = in.rows.cache_row(table, position) * in.num_kv_heads + kv_head;
      v = *reinterpret_cast<const uint4*>(cache + cached * in.head_dim + d);
    }
    *reinterpret_cast<uint4*>(shared + i / PIECES * TileRow<DIMS>::STRIDE + d) = v;
  }
}

// 16 query vectors in the registers of a warp, as multiply_bf16 takes them, in high and low parts.
template <int DIMS>
struct Queries {
  unsigned high[DIMS / 16][4];
  unsigned low[DIMS / 16][4];

  // `from` are the lane's vectors g and g + 8, null where there is none.
  __device__ Queries(const float* const (&from)[2], int head_dim) {
    const int t = threadIdx.x % 4;
#pragma unroll
    for (int k = 0; k < DIMS / 16; k++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float* vector = from[i % 2];
        const int d = 16 * k + 8 * (i / 2) + 2 * t;
        const bool present = vector != nullptr && d < head_dim;
        split_pair(present ? vector[d] : 0.0f, present ? vector[d + 1] : 0.0f, high[k][i], low[k][i]);
      }
    }
  }
};

// Softmax in progress of a lane's share of the vectors g and g + 8: c[n][0..1] belong to g, c[n][2..3] to g + 8. A lane knows its own
// part of `total`.
template <int DIMS>
struct Progress {
  float highest[2] = {-INFINITY, -INFINITY};
  float total[2] = {};
  float sum[DIMS / 8][4] = {};
};

__device__ inline float max_of_four_lanes(float value) {
  value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 1));
  return fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 2));
}

__device__ inline float sum_of_four_lanes(float value) {
  value += __shfl_xor_sync(ALL_LANES, value, 1);
  return value + __shfl_xor_sync(ALL_LANES, value, 2);
}

// Scores of a tile become weights relative to the highest score so far; what was summed before shrinks to fit.
template <int DIMS>
__device__ inline void weigh(float (&c)[TILE / 8][4], int first, const int (&last_visible)[2], const TensorInput& in,
                             Progress<DIMS>& progress) {
  const int t = threadIdx.x % 4;
#pragma unroll
  for (int r = 0; r < 2; r++) {
    const int last = last_visible[r];
    const int from = first_visible(last, in.sliding_window);
    float highest = progress.highest[r];
#pragma unroll
    for (int n = 0; n < TILE / 8; n++) {
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const int position = first + 8 * n + 2 * t + i;
        float& score = c[n][2 * r + i];
        score = position <= last && position >= from ? score * in.scale : -INFINITY;
        highest = fmaxf(highest, score);
      }
    }
    highest = max_of_four_lanes(highest);
    const bool nothing = highest == -INFINITY;
    const float shrink = nothing ? 1.0f : expf(progress.highest[r] - highest);
    progress.highest[r] = highest;
    float total = 0.0f;
#pragma unroll
    for (int n = 0; n < TILE / 8; n++) {
#pragma unroll
      for (int i = 0; i < 2; i++) {
        float& weight = c[n][2 * r + i];
        weight = nothing ? 0.0f : expf(weight - highest);  // exp(-infinity) is 0
        total += weight;
      }
    }
    progress.total[r] = progress.total[r] * shrink + total;
#pragma unroll
    for (int d = 0; d < DIMS / 8; d++) {
      progress.sum[d][2 * r] *= shrink;
      progress.sum[d][2 * r + 1] *= shrink;
    }
  }
}

template <int DIMS>
__device__ inline void attend_positions(const Queries<DIMS>& queries, const bf16* keys, const bf16* values, int first,
                                        const int (&last_visible)[2], const TensorInput& in, Progress<DIMS>& progress) {
  const int lane = threadIdx.x % WARP;
  const int g = lane / 4, t = lane % 4;
  float c[TILE / 8][4] = {};
#pragma unroll
  for (int n = 0; n < TILE / 8; n++) {
    const bf16* key = keys + (8 * n + g) * TileRow<DIMS>::STRIDE + 2 * t;
#pragma unroll
    for (int k = 0; k < DIMS / 16; k++) {
      const unsigned b0 = *reinterpret_cast<const unsigned*>(key + 16 * k);
      const unsigned b1 = *reinterpret_cast<const unsigned*>(key + 16 * k + 8);
      const unsigned(&high)[4] = queries.high[k];
      const unsigned(&low)[4] = queries.low[k];
      multiply_bf16(c[n], high[0], high[1], high[2], high[3], b0, b1);
      multiply_bf16(c[n], low[0], low[1], low[2], low[3], b0, b1);
    }
  }
  weigh(c, first, last_visible, in, progress);
#pragma unroll
  for (int j = 0; j < TILE / 16; j++) {
    unsigned high[4], low[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float(&weights)[4] = c[2 * j + i / 2];
      split_pair(weights[i % 2 * 2], weights[i % 2 * 2 + 1], high[i], low[i]);
    }
    // Matrices 0 and 1 are positions 16 j .. + 15 of dimensions 8 d .. + 7, matrices 2 and 3 the same of the next eight.
    const bf16* row = values + (16 * j + lane % 16) * TileRow<DIMS>::STRIDE + lane / 16 * 8;
#pragma unroll
    for (int d = 0; d < DIMS / 8; d += 2) {
      unsigned b[4];
      load_transposed(b, row + 8 * d);
      multiply_bf16(progress.sum[d], high[0], high[1], high[2], high[3], b[0], b[1]);
      multiply_bf16(progress.sum[d], low[0], low[1], low[2], low[3], b[0], b[1]);
      multiply_bf16(progress.sum[d + 1], high[0], high[1], high[2], high[3], b[2], b[3]);
      multiply_bf16(progress.sum[d + 1], low[0], low[1], low[2], low[3], b[2], b[3]);
    }
  }
}

// Writes what the lane has of a vector.
template <int DIMS>
__device__ inline void write(const TensorInput& in, const Progress<DIMS>& progress, int r, float total, int row, int head) {
  const int t = threadIdx.x % 4;
  const long long at = ((long long)row * in.num_heads + head) * in.head_dim;
#pragma unroll
  for (int d = 0; d < DIMS / 8; d++) {
#pragma unroll
    for (int i = 0; i < 2; i++) {
      const int dim = 8 * d + 2 * t + i;
      if (dim < in.head_dim) {
        const float value = progress.sum[d][2 * r + i] / total;
        in.out[at + dim] = value;
        if (in.out_bf16) {
          in.out_bf16[at + dim] = round_bf16(value);
        }
      }
    }
  }
}

// One tile of rows for the heads [head, head + heads) of one key/value head.
template <int DIMS>
__device__ void attend_rows(const TensorInput& in, int first_row, int end_row, int kv_head, int head, int heads, bf16* keys,
                            bf16* values) {
  const int vector = threadIdx.x / WARP * VECTORS_OF_WARP + threadIdx.x % WARP / 4;
  int row[2], head_of[2];
  const float* query[2];
#pragma unroll
  for (int r = 0; r < 2; r++) {
    row[r] = first_row + (vector + 8 * r) / heads;
    head_of[r] = head + (vector + 8 * r) % heads;
    const bool present = row[r] < end_row && (vector + 8 * r) / heads < VECTORS / heads;
    row[r] = present ? row[r] : end_row;
    query[r] = present ? in.query + (long long)row[r] * in.query_stride + head_of[r] * in.head_dim : nullptr;
  }
  const Queries<DIMS> queries(query, in.head_dim);
  Progress<DIMS> progress;

  // Rows of one sequence at a time; the vectors of other rows see nothing then.
  for (int run = first_row; run < end_row;) {
    const int sequence = in.rows.sequence_of_row[run];
    int run_end = run;
    int from = 0x7fffffff;
    int end = 0;
    while (run_end < end_row && in.rows.sequence_of_row[run_end] == sequence) {
      const int position = in.rows.positions[run_end];
      from = min(from, first_visible(position, in.sliding_window));
      end = max(end, position + 1);
      run_end++;
    }
    const int* table = in.rows.table_of(run);
    int last_visible[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
      last_visible[r] = row[r] >= run && row[r] < run_end ? in.rows.positions[row[r]] : -1;
    }
    for (int first = from / TILE * TILE; first < end; first += TILE) {
      __syncthreads();
      load_tile<DIMS>(in, in.keys, table, kv_head, first, end, keys);
      load_tile<DIMS>(in, in.values, table, kv_head, first, end, values);
      __syncthreads();
      attend_positions(queries, keys, values, first, last_visible, in, progress);
    }
    run = run_end;
  }

#pragma unroll
  for (int r = 0; r < 2; r++) {
    const float total = sum_of_four_lanes(progress.total[r]);
    if (row[r] < end_row) {
      write(in, progress, r, total, row[r], head_of[r]);
    }
  }
}

template <int DIMS>
__device__ void attention_tensor(const TensorInput& in) {
  alignas(16) __shared__ bf16 keys[TILE * TileRow<DIMS>::STRIDE];
  alignas(16) __shared__ bf16 values[TILE * TileRow<DIMS>::STRIDE];
  const int kv_head = blockIdx.y;
  const int heads_per_kv_head = in.num_heads / in.num_kv_heads;
  const int heads_at_once = min(heads_per_kv_head, VECTORS);
  const int rows_of_tile = VECTORS / heads_at_once;
  const int tiles = (in.range[1] - in.range[0] + rows_of_tile - 1) / rows_of_tile;
  for (int i = blockIdx.x; i < tiles; i += gridDim.x) {
    const int first_row = in.range[0] + (tiles - 1 - i) * rows_of_tile;
    const int end_row = min(first_row + rows_of_tile, in.range[1]);
    for (int h = 0; h < heads_per_kv_head; h += heads_at_once) {
      const int heads = min(heads_at_once, heads_per_kv_head - h);
      attend_rows<DIMS>(in, first_row, end_row, kv_head, kv_head * heads_per_kv_head + h, heads, keys, values);
    }
  }
}

#define ATTENTION_TENSOR(name, dims)                                                                                               \
  extern "C" __global__ void __launch_bounds__(128) name(                                                                          \
      const float* query, int query_stride, const bf16* keys, const bf16* values, const int* positions,                            \
      const int* sequence_of_row, const int* block_tables, int block_table_stride, int block_tokens, const int* range,             \
      int num_heads, int num_kv_heads, int head_dim, int sliding_window, float scale, float* out, bf16* out_bf16) {                \
    const StepRows rows = {positions, sequence_of_row, block_tables, block_table_stride, block_tokens};                            \
    attention_tensor<dims>({query, query_stride, keys, values, rows, range, num_heads, num_kv_heads, head_dim, sliding_window,     \
                            scale, out, out_bf16});                                                                                \
  }

ATTENTION_TENSOR(attention_tensor_64, 64)
ATTENTION_TENSOR(attention_tensor_128, 128)
