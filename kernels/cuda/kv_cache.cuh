// The paged key/value cache of one layer: position p of a sequence lies in row table[p / blockTokens] * blockTokens + p %
// blockTokens of keys and values, both [blocks * blockTokens, numKvHeads * headDim] in float32 or, for half the room and half the
// reading, in bf16.
#pragma once

#include "device.cuh"

// Which sequence each row of a step belongs to, and where its blocks are; all on the device.
struct StepRows {
  const int* positions;         // [rows]
  const int* sequence_of_row;   // [rows]
  const int* block_tables;      // [sequences, block_table_stride]
  int block_table_stride;
  int block_tokens;

  __device__ const int* table_of(int row) const {
    return block_tables + (long long)sequence_of_row[row] * block_table_stride;
  }

  __device__ long long cache_row(const int* table, int position) const {
    return (long long)table[position / block_tokens] * block_tokens + position % block_tokens;
  }
};

// First position that a query at `position` sees.
__device__ inline int first_visible(int position, int sliding_window) {
  return sliding_window > 0 && position >= sliding_window ? position - sliding_window + 1 : 0;
}

// A value on its way into the cache.
__device__ inline void store_cached(float* to, float value) { *to = value; }
__device__ inline void store_cached(bf16* to, float value) { *to = round_bf16(value); }
