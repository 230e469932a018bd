// Paged attention for rows that stand alone (a sequence being decoded), split over positions so that a long context keeps the device
// busy. Two launches: attention_decode writes a partial result for each piece of split_tokens positions, attention_merge adds them up
// in order. Pieces begin at multiples of split_tokens, so a row's result does not depend on the rows beside it.
//
// query      [rows of the step, query_stride], rotated; the first numHeads * headDim of a row
// keys, values, positions .. block_tokens   the layer's cache, see kv_cache.cuh; bf16 for the names that end so
// range      two ints on the device: first row and end of the rows to compute
// partials   [range rows, numHeads, max_splits, headDim], stats [range rows, numHeads, max_splits, 2]: scratch; row 0 is range[0]
// out        [rows of the step, numHeads * headDim], written for the range; out_bf16 the same rounded, or null
// scale      usually 1 / sqrt(headDim). sliding_window: positions a query sees, itself included; 0 for all
// max_splits at least ceil(longest context / split_tokens)
//
// By headDim: attention_decode_64 (even, up to 64), _128 and _256 (multiples of 4 up to that), _any (even, up to 256); each also with
// _bf16 behind it.
// Launch: decode grid (splits, numKvHeads, rows), block 128, any number of splits (a block strides over a row's pieces); merge grid
// (numHeads, rows), block 128. Graphs: everything about rows is read on the device.
#include "kv_cache.cuh"

constexpr int DECODE_WARPS = 4;
constexpr int POSITIONS = 4;  // that a warp has under way at once

template <class C>
struct DecodeInput {
  const float* query;
  int query_stride;
  const C* keys;
  const C* values;
  StepRows rows;
  int num_heads;
  int num_kv_heads;
  int head_dim;
  int sliding_window;
  float scale;
  int split_tokens;
  int max_splits;
  float* partials;
  float* stats;
};

template <int WIDTH>
struct Vector {
  float v[WIDTH];
};

template <int WIDTH>
__device__ inline Vector<WIDTH> load_vector(const float* from) {
  Vector<WIDTH> vector;
  if (WIDTH == 4) {
    const float4 f = *reinterpret_cast<const float4*>(from);
    vector.v[0] = f.x, vector.v[1] = f.y, vector.v[2 % WIDTH] = f.z, vector.v[3 % WIDTH] = f.w;
  } else {
    const float2 f = *reinterpret_cast<const float2*>(from);
    vector.v[0] = f.x, vector.v[1] = f.y;
  }
  return vector;
}

template <int WIDTH>
__device__ inline Vector<WIDTH> load_vector(const bf16* from) {
  Vector<WIDTH> vector;
  if (WIDTH == 4) {
    const uint2 p = *reinterpret_cast<const uint2*>(from);
    vector.v[0] = low_of(p.x), vector.v[1] = high_of(p.x), vector.v[2 % WIDTH] = low_of(p.y), vector.v[3 % WIDTH] = high_of(p.y);
  } else {
    const unsigned p = *reinterpret_cast<const unsigned*>(from);
    vector.v[0] = low_of(p), vector.v[1] = high_of(p);
  }
  return vector;
}

// Softmax in progress of one head: what was seen so far is exp(score - highest) and the values weighed by it. A lane has the
// dimensions (c * 32 + lane) * WIDTH of chunk c.
template <int CHUNKS, int WIDTH>
struct Online {
  float highest = -INFINITY;
  float total = 0.0f;
  Vector<WIDTH> sum[CHUNKS] = {};
};

// The positions [begin, end) of one row's sequence for HEADS heads from `head` on, by the warps of the block.
template <int CHUNKS, int WIDTH, int HEADS, class C>
__device__ void attend_piece(const DecodeInput<C>& in, int row, int row_of_range, int kv_head, int head, int heads, int split, int begin,
                             int end, float* shared) {
  const int lane = threadIdx.x % WARP;
  const int warp = threadIdx.x / WARP;
  const int* table = in.rows.table_of(row);
  const long long kv_width = (long long)in.num_kv_heads * in.head_dim;
  Vector<WIDTH> query[HEADS][CHUNKS];
  Online<CHUNKS, WIDTH> state[HEADS];
#pragma unroll
  for (int h = 0; h < HEADS; h++) {
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
      const int d = (c * WARP + lane) * WIDTH;
      query[h][c] = {};
      if (h < heads && d < in.head_dim) {
        query[h][c] = load_vector<WIDTH>(in.query + (long long)row * in.query_stride + (head + h) * in.head_dim + d);
      }
    }
  }
  for (int first = begin + warp * POSITIONS; first < end; first += DECODE_WARPS * POSITIONS) {
    Vector<WIDTH> key[POSITIONS][CHUNKS];
    Vector<WIDTH> value[POSITIONS][CHUNKS];
#pragma unroll
    for (int p = 0; p < POSITIONS; p++) {
      const int position = min(first + p, end - 1);
      const long long at = in.rows.cache_row(table, position) * kv_width + kv_head * in.head_dim;
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) {
        const int d = (c * WARP + lane) * WIDTH;
        key[p][c] = {};
        value[p][c] = {};
        if (d < in.head_dim) {
          key[p][c] = load_vector<WIDTH>(in.keys + at + d);
          value[p][c] = load_vector<WIDTH>(in.values + at + d);
        }
      }
    }
#pragma unroll
    for (int h = 0; h < HEADS; h++) {
      Online<CHUNKS, WIDTH>& s = state[h];
      float score[POSITIONS];
      float highest = s.highest;
#pragma unroll
      for (int p = 0; p < POSITIONS; p++) {
        float dot = 0.0f;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
          for (int i = 0; i < WIDTH; i++) {
            dot += query[h][c].v[i] * key[p][c].v[i];
          }
        }
        dot = warp_sum(dot);
        score[p] = first + p < end ? dot * in.scale : -INFINITY;
        highest = fmaxf(highest, score[p]);
      }
      const float shrink = expf(s.highest - highest);  // 0 at first: exp(-infinity)
      s.highest = highest;
      s.total *= shrink;
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
          s.sum[c].v[i] *= shrink;
        }
      }
#pragma unroll
      for (int p = 0; p < POSITIONS; p++) {
        const float weight = expf(score[p] - highest);
        s.total += weight;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
          for (int i = 0; i < WIDTH; i++) {
            s.sum[c].v[i] += weight * value[p][c].v[i];
          }
        }
      }
    }
  }
  // shared: [warps][head_dim], then highest and total of each warp.
  float* shared_stats = shared + DECODE_WARPS * in.head_dim;
#pragma unroll
  for (int h = 0; h < HEADS; h++) {
    if (h < heads) {
      __syncthreads();
      if (lane == 0) {
        shared_stats[2 * warp] = state[h].highest;
        shared_stats[2 * warp + 1] = state[h].total;
      }
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
          const int d = (c * WARP + lane) * WIDTH + i;
          if (d < in.head_dim) {
            shared[warp * in.head_dim + d] = state[h].sum[c].v[i];
          }
        }
      }
      __syncthreads();
      float highest = -INFINITY;
      for (int w = 0; w < DECODE_WARPS; w++) {
        highest = fmaxf(highest, shared_stats[2 * w]);
      }
      const long long piece = ((long long)row_of_range * in.num_heads + head + h) * in.max_splits + split;
      for (int d = threadIdx.x; d < in.head_dim; d += blockDim.x) {
        float sum = 0.0f;
        for (int w = 0; w < DECODE_WARPS; w++) {
          sum += shared[w * in.head_dim + d] * expf(shared_stats[2 * w] - highest);
        }
        in.partials[piece * in.head_dim + d] = sum;
      }
      if (threadIdx.x == 0) {
        float total = 0.0f;
        for (int w = 0; w < DECODE_WARPS; w++) {
          total += shared_stats[2 * w + 1] * expf(shared_stats[2 * w] - highest);
        }
        in.stats[2 * piece] = highest;
        in.stats[2 * piece + 1] = total;
      }
    }
  }
}

template <int CHUNKS, int WIDTH, class C>
__device__ void attention_decode(const DecodeInput<C>& in, const int* range) {
  __shared__ float shared[DECODE_WARPS * (CHUNKS * WIDTH * WARP + 2)];
  const int row = range[0] + blockIdx.z;
  if (row >= range[1]) {
    return;
  }
  const int kv_head = blockIdx.y;
  const int heads_per_kv_head = in.num_heads / in.num_kv_heads;
  const int position = in.rows.positions[row];
  const int from = first_visible(position, in.sliding_window);
  const int splits = position / in.split_tokens + 1;
  for (int split = from / in.split_tokens + blockIdx.x; split < splits; split += gridDim.x) {
    const int begin = max(from, split * in.split_tokens);
    const int end = min(position + 1, (split + 1) * in.split_tokens);
    const int first_head = kv_head * heads_per_kv_head;
    if (heads_per_kv_head == 1) {
      attend_piece<CHUNKS, WIDTH, 1>(in, row, blockIdx.z, kv_head, first_head, 1, split, begin, end, shared);
    } else {
      for (int h = 0; h < heads_per_kv_head; h += 4) {
        attend_piece<CHUNKS, WIDTH, 4>(in, row, blockIdx.z, kv_head, first_head + h, min(4, heads_per_kv_head - h), split, begin, end,
                                       shared);
      }
    }
  }
}

#define ATTENTION_DECODE(name, chunks, width, type)                                                                                \
  extern "C" __global__ void __launch_bounds__(128) name(                                                                          \
      const float* query, int query_stride, const type* keys, const type* values, const int* positions,                            \
      const int* sequence_of_row, const int* block_tables, int block_table_stride, int block_tokens, const int* range,             \
      int num_heads, int num_kv_heads, int head_dim, int sliding_window, float scale, int split_tokens, int max_splits,            \
      float* partials, float* stats) {                                                                                             \
    const StepRows rows = {positions, sequence_of_row, block_tables, block_table_stride, block_tokens};                            \
    const DecodeInput<type> in = {query,    query_stride,   keys,  values,       rows,       num_heads, num_kv_heads,              \
                                  head_dim, sliding_window, scale, split_tokens, max_splits, partials,  stats};                    \
    attention_decode<chunks, width>(in, range);                                                                                    \
  }

ATTENTION_DECODE(attention_decode_64, 1, 2, float)
ATTENTION_DECODE(attention_decode_128, 1, 4, float)
ATTENTION_DECODE(attention_decode_256, 2, 4, float)
ATTENTION_DECODE(attention_decode_any, 4, 2, float)
ATTENTION_DECODE(attention_decode_64_bf16, 1, 2, bf16)
ATTENTION_DECODE(attention_decode_128_bf16, 1, 4, bf16)
ATTENTION_DECODE(attention_decode_256_bf16, 2, 4, bf16)
ATTENTION_DECODE(attention_decode_any_bf16, 4, 2, bf16)

extern "C" __global__ void attention_merge(const float* partials, const float* stats, const int* positions, const int* range,
                                           int num_heads, int head_dim, int sliding_window, int split_tokens, int max_splits,
                                           float* out, bf16* out_bf16) {
  const int row = range[0] + blockIdx.y;
  const int head = blockIdx.x;
  if (row >= range[1]) {
    return;
  }
  const int position = positions[row];
  const int first = first_visible(position, sliding_window) / split_tokens;
  const int end = position / split_tokens + 1;
  const long long piece = ((long long)blockIdx.y * num_heads + head) * max_splits;
  float highest = -INFINITY;
  for (int split = first; split < end; split++) {
    highest = fmaxf(highest, stats[2 * (piece + split)]);
  }
  for (int d = threadIdx.x; d < head_dim; d += blockDim.x) {
    float sum = 0.0f;
    float total = 0.0f;
    for (int split = first; split < end; split++) {
      const float weight = expf(stats[2 * (piece + split)] - highest);
      sum += weight * partials[(piece + split) * head_dim + d];
      total += weight * stats[2 * (piece + split) + 1];
    }
    const long long at = ((long long)row * num_heads + head) * head_dim + d;
    out[at] = sum / total;
    if (out_bf16) {
      out_bf16[at] = round_bf16(sum / total);
    }
  }
}
