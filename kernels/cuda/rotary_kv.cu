// Rotary embedding of query and key over the pairs (i, i + headDim / 2), the angle of pair i at position p being p *
// inverse_frequencies[i] in float32; keys and values of all rows go to the paged cache. https://arxiv.org/abs/2104.09864
//
// query               [rows, query_stride], the first numHeads * headDim of a row changed in place
// key, value          [rows, key_stride] and [rows, value_stride], the first numKvHeads * headDim of a row; not changed
// inverse_frequencies [headDim / 2] on the device
// attention_scaling   factor on cosine and sine
// positions .. block_tokens   see StepRows
// row_count           one int on the device
// keys, values        the layer's cache, written at the rows' positions
// Launch: grid (numHeads + numKvHeads, rows), block headDim / 2 rounded up to a multiple of 32.
// Graphs: positions, sequence_of_row, block_tables and row_count are read on the device.
#include "kv_cache.cuh"

__device__ inline void rotate_pair(const float* from, float* to, int i, int half, float cosine, float sine) {
  const float a = from[i];
  const float b = from[half + i];
  to[i] = a * cosine - b * sine;
  to[half + i] = b * cosine + a * sine;
}

extern "C" __global__ void rotary_kv(float* query, int query_stride, const float* key, int key_stride, const float* value,
                                     int value_stride, const float* inverse_frequencies, float attention_scaling,
                                     const int* positions, const int* sequence_of_row, const int* block_tables,
                                     int block_table_stride, int block_tokens, const int* row_count, int num_heads,
                                     int num_kv_heads, int head_dim, float* keys, float* values) {
  const StepRows rows = {positions, sequence_of_row, block_tables, block_table_stride, block_tokens};
  const int row = blockIdx.y;
  const int head = blockIdx.x;
  if (row >= *row_count || head >= num_heads + num_kv_heads) {
    return;
  }
  const int half = head_dim / 2;
  const int position = positions[row];
  const bool is_query = head < num_heads;
  const float* from;
  float* to;
  if (is_query) {
    to = query + (long long)row * query_stride + head * head_dim;
    from = to;
  } else {
    const int kv_head = head - num_heads;
    const long long cached = rows.cache_row(rows.table_of(row), position) * num_kv_heads * head_dim + kv_head * head_dim;
    from = key + (long long)row * key_stride + kv_head * head_dim;
    to = keys + cached;
    const float* from_value = value + (long long)row * value_stride + kv_head * head_dim;
    for (int d = threadIdx.x; d < head_dim; d += blockDim.x) {
      values[cached + d] = from_value[d];
    }
  }
  for (int i = threadIdx.x; i < half; i += blockDim.x) {
    const float angle = (float)position * inverse_frequencies[i];
    rotate_pair(from, to, i, half, cosf(angle) * attention_scaling, sinf(angle) * attention_scaling);
  }
}
