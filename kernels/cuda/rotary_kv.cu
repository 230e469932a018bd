// Rotary embedding of query and key over the pairs (i, i + headDim / 2), the angle of pair i at position p being p *
// inverse_frequencies[i] in float32; keys and values of all rows go to the paged cache. https://arxiv.org/abs/2104.09864
//
// query               [rows, query_stride], the first numHeads * headDim of a row changed in place
// key, value          [rows, key_stride] and [rows, value_stride], the first numKvHeads * headDim of a row; not changed
// inverse_frequencies [headDim / 2] on the device
// attention_scaling   factor on cosine and sine
// positions .. block_tokens   see StepRows
// row_count           one int on the device
// keys, values        the layer's cache, written at the rows' positions; bf16 for rotary_kv_bf16
// Launch: grid (numHeads + numKvHeads, rows), block headDim / 2 rounded up to a multiple of 32.
// Graphs: positions, sequence_of_row, block_tables and row_count are read on the device.
#include "kv_cache.cuh"

template <class T>
__device__ inline void rotate_pair(const float* from, T* to, int i, int half, float cosine, float sine) {
  const float a = from[i];
  const float b = from[half + i];
  store_cached(to + i, a * cosine - b * sine);
  store_cached(to + half + i, b * cosine + a * sine);
}

struct RotaryInput {
  float* query;
  int query_stride;
  const float* key;
  int key_stride;
  const float* value;
  int value_stride;
  const float* inverse_frequencies;
  float attention_scaling;
  StepRows rows;
  int num_heads;
  int num_kv_heads;
  int head_dim;
};

template <class C>
__device__ void rotary_kv_of(const RotaryInput& in, const int* row_count, C* keys, C* values) {
  const int row = blockIdx.y;
  const int head = blockIdx.x;
  if (row >= *row_count || head >= in.num_heads + in.num_kv_heads) {
    return;
  }
  const int half = in.head_dim / 2;
  const int position = in.rows.positions[row];
  const bool is_query = head < in.num_heads;
  float* query = in.query + (long long)row * in.query_stride + head * in.head_dim;
  const int kv_head = head - in.num_heads;
  const float* key = in.key + (long long)row * in.key_stride + kv_head * in.head_dim;
  long long cached = 0;
  if (!is_query) {
    cached = (in.rows.cache_row(in.rows.table_of(row), position) * in.num_kv_heads + kv_head) * in.head_dim;
    const float* value = in.value + (long long)row * in.value_stride + kv_head * in.head_dim;
    for (int d = threadIdx.x; d < in.head_dim; d += blockDim.x) {
      store_cached(values + cached + d, value[d]);
    }
  }
  for (int i = threadIdx.x; i < half; i += blockDim.x) {
    const float angle = (float)position * in.inverse_frequencies[i];
    const float cosine = cosf(angle) * in.attention_scaling, sine = sinf(angle) * in.attention_scaling;
    if (is_query) {
      rotate_pair(query, query, i, half, cosine, sine);
    } else {
      rotate_pair(key, keys + cached, i, half, cosine, sine);
    }
  }
}

#define ROTARY_KV(name, type)                                                                                                      \
  extern "C" __global__ void name(float* query, int query_stride, const float* key, int key_stride, const float* value,            \
                                  int value_stride, const float* inverse_frequencies, float attention_scaling,                     \
                                  const int* positions, const int* sequence_of_row, const int* block_tables,                       \
                                  int block_table_stride, int block_tokens, const int* row_count, int num_heads,                   \
                                  int num_kv_heads, int head_dim, type* keys, type* values) {                                      \
    const StepRows rows = {positions, sequence_of_row, block_tables, block_table_stride, block_tokens};                            \
    rotary_kv_of<type>({query, query_stride, key, key_stride, value, value_stride, inverse_frequencies, attention_scaling, rows,   \
                        num_heads, num_kv_heads, head_dim},                                                                        \
                       row_count, keys, values);                                                                                   \
  }

ROTARY_KV(rotary_kv, float)
ROTARY_KV(rotary_kv_bf16, bf16)
