// Paged attention for chunks of prompts: rows of one sequence that follow each other share the keys and values they read. Any rows
// are computed correctly; rows that stand alone only faster by attention_decode. Online softmax, everything in float32.
//
// query, keys, values, positions .. block_tokens, range, scale, sliding_window, out, out_bf16   as for attention_decode
//
// A block has 32 query vectors: 32 / (numHeads / numKvHeads) rows, at least one, with the heads that share a key/value head. Its four
// warps have eight vectors each and pass together over tiles of 32 positions: q [32, headDim] . k [32, headDim] -> scores [32, 32] ->
// weights [32, 32] . v [32, headDim] -> out [32, headDim].
//
// By headDim: attention_prefill_64, _128, _256 (any headDim up to that); each also with _bf16 behind it, for a cache in bf16.
// Launch: grid (tiles of rows, numKvHeads), any number of tiles (a block strides over them, the longest first), block 128; dynamic
// shared memory 4 * (2 * 32 * (d + 4) + 32 * 32) bytes, d = headDim rounded up to a multiple of 8 (37 KiB for 128, 69 KiB for 256).
// Graphs: everything about rows is read on the device.
#include "kv_cache.cuh"

constexpr int PREFILL_WARPS = 4;
constexpr int VECTORS = 32;          // query vectors of a block
constexpr int VECTORS_OF_WARP = VECTORS / PREFILL_WARPS;
constexpr int TILE = 32;             // positions

template <class C>
struct PrefillInput {
  const float* query;
  int query_stride;
  const C* keys;
  const C* values;
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

__device__ inline float4 load4(const float* from) { return *reinterpret_cast<const float4*>(from); }

__device__ inline float4 load4(const bf16* from) {
  const uint2 p = *reinterpret_cast<const uint2*>(from);
  return float4{low_of(p.x), high_of(p.x), low_of(p.y), high_of(p.y)};
}

// Positions [first, first + TILE) of one head of keys or values to shared [TILE][stride], zeros from `end` on and behind headDim.
template <class C>
__device__ inline void load_tile(const PrefillInput<C>& in, const C* cache, const int* table, int kv_head, int first, int end,
                                 int stride, float* shared) {
  const int width = stride - 4;
  const bool aligned = in.head_dim % 4 == 0;
  for (int i = threadIdx.x; i < TILE * (width / 4); i += blockDim.x) {
    const int tile_row = i / (width / 4);
    const int d = i % (width / 4) * 4;
    float4 v = {0.0f, 0.0f, 0.0f, 0.0f};
    if (first + tile_row < end && d < in.head_dim) {
      const long long cached = in.rows.cache_row(table, first + tile_row) * in.num_kv_heads + kv_head;
      const C* from = cache + cached * in.head_dim + d;
      if (aligned) {
        v = load4(from);
      } else {
        v.x = widen(from[0]);
        v.y = d + 1 < in.head_dim ? widen(from[1]) : 0.0f;
        v.z = d + 2 < in.head_dim ? widen(from[2]) : 0.0f;
        v.w = d + 3 < in.head_dim ? widen(from[3]) : 0.0f;
      }
    }
    *reinterpret_cast<float4*>(shared + tile_row * stride + d) = v;
  }
}

// One tile of rows for the heads [head, head + heads) of one key/value head. CHUNKS * 32 >= headDim.
template <int CHUNKS, class C>
__device__ void attend_tile(const PrefillInput<C>& in, int first_row, int end_row, int kv_head, int head, int heads, float* shared) {
  const int lane = threadIdx.x % WARP;
  const int warp = threadIdx.x / WARP;
  const int stride = (in.head_dim + 7) / 8 * 8 + 4;  // a multiple of 4 that is odd in units of 16 bytes: no bank conflicts
  float* queries = shared;
  float* tile = queries + VECTORS * stride;  // of keys, then of values
  float* weights = tile + TILE * stride + warp * VECTORS_OF_WARP * TILE;

  for (int i = threadIdx.x; i < VECTORS * stride; i += blockDim.x) {
    const int vector = i / stride, d = i % stride;
    const int row = first_row + vector / heads;
    const bool present = row < end_row && d < in.head_dim;
    queries[i] = present ? in.query[(long long)row * in.query_stride + (head + vector % heads) * in.head_dim + d] : 0.0f;
  }

  int row[VECTORS_OF_WARP];
  float highest[VECTORS_OF_WARP], total[VECTORS_OF_WARP], sum[VECTORS_OF_WARP][CHUNKS];
#pragma unroll
  for (int v = 0; v < VECTORS_OF_WARP; v++) {
    row[v] = first_row + (warp * VECTORS_OF_WARP + v) / heads;
    highest[v] = -INFINITY;
    total[v] = 0.0f;
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
      sum[v][c] = 0.0f;
    }
  }

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
    int last_visible[VECTORS_OF_WARP];
#pragma unroll
    for (int v = 0; v < VECTORS_OF_WARP; v++) {
      last_visible[v] = row[v] >= run && row[v] < run_end ? in.rows.positions[row[v]] : -1;
    }
    for (int first = from / TILE * TILE; first < end; first += TILE) {
      __syncthreads();
      load_tile(in, in.keys, table, kv_head, first, end, stride, tile);
      __syncthreads();
      float score[VECTORS_OF_WARP] = {};
      const float* key = tile + lane * stride;
      for (int d = 0; d < stride - 4; d += 4) {
        const float4 k = *reinterpret_cast<const float4*>(key + d);
#pragma unroll
        for (int v = 0; v < VECTORS_OF_WARP; v++) {
          const float4 q = *reinterpret_cast<const float4*>(queries + (warp * VECTORS_OF_WARP + v) * stride + d);
          score[v] += q.x * k.x + q.y * k.y + q.z * k.z + q.w * k.w;
        }
      }
      const int position = first + lane;
#pragma unroll
      for (int v = 0; v < VECTORS_OF_WARP; v++) {
        const bool visible = position <= last_visible[v] && position >= first_visible(last_visible[v], in.sliding_window);
        const float s = visible ? score[v] * in.scale : -INFINITY;
        const float new_highest = fmaxf(highest[v], warp_max(s));
        const float shrink = new_highest == -INFINITY ? 1.0f : expf(highest[v] - new_highest);
        const float weight = visible ? expf(s - new_highest) : 0.0f;
        highest[v] = new_highest;
        total[v] = total[v] * shrink + warp_sum(weight);
        weights[v * TILE + lane] = weight;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
          sum[v][c] *= shrink;
        }
      }
      __syncthreads();
      load_tile(in, in.values, table, kv_head, first, end, stride, tile);
      __syncthreads();
      for (int p = 0; p < TILE; p += 4) {
        float4 w[VECTORS_OF_WARP];
#pragma unroll
        for (int v = 0; v < VECTORS_OF_WARP; v++) {
          w[v] = *reinterpret_cast<const float4*>(weights + v * TILE + p);
        }
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
          const int d = min(c * WARP + lane, stride - 5);  // a lane behind the end repeats the last, and writes nothing
          const float* value = tile + p * stride + d;
          const float v0 = value[0], v1 = value[stride], v2 = value[2 * stride], v3 = value[3 * stride];
#pragma unroll
          for (int v = 0; v < VECTORS_OF_WARP; v++) {
            sum[v][c] += w[v].x * v0 + w[v].y * v1 + w[v].z * v2 + w[v].w * v3;
          }
        }
      }
    }
    run = run_end;
  }

#pragma unroll
  for (int v = 0; v < VECTORS_OF_WARP; v++) {
    const int h = (warp * VECTORS_OF_WARP + v) % heads;
    if (row[v] < end_row) {
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) {
        const int d = c * WARP + lane;
        if (d < in.head_dim) {
          const long long at = ((long long)row[v] * in.num_heads + head + h) * in.head_dim + d;
          const float value = sum[v][c] / total[v];
          in.out[at] = value;
          if (in.out_bf16) {
            in.out_bf16[at] = round_bf16(value);
          }
        }
      }
    }
  }
  __syncthreads();
}

template <int CHUNKS, class C>
__device__ void attention_prefill(const PrefillInput<C>& in) {
  DYNAMIC_SHARED(float, shared);
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
      attend_tile<CHUNKS>(in, first_row, end_row, kv_head, kv_head * heads_per_kv_head + h, heads, shared);
    }
  }
}

#define ATTENTION_PREFILL(name, chunks, type)                                                                                      \
  extern "C" __global__ void __launch_bounds__(128) name(                                                                          \
      const float* query, int query_stride, const type* keys, const type* values, const int* positions,                            \
      const int* sequence_of_row, const int* block_tables, int block_table_stride, int block_tokens, const int* range,             \
      int num_heads, int num_kv_heads, int head_dim, int sliding_window, float scale, float* out, bf16* out_bf16) {                \
    const StepRows rows = {positions, sequence_of_row, block_tables, block_table_stride, block_tokens};                            \
    const PrefillInput<type> in = {query,        query_stride, keys,           values, rows, range,   num_heads,                   \
                                   num_kv_heads, head_dim,     sliding_window, scale,  out,  out_bf16};                            \
    attention_prefill<chunks>(in);                                                                                                 \
  }

ATTENTION_PREFILL(attention_prefill_64, 2, float)
ATTENTION_PREFILL(attention_prefill_128, 4, float)
ATTENTION_PREFILL(attention_prefill_256, 8, float)
ATTENTION_PREFILL(attention_prefill_64_bf16, 2, bf16)
ATTENTION_PREFILL(attention_prefill_128_bf16, 4, bf16)
ATTENTION_PREFILL(attention_prefill_256_bf16, 8, bf16)
