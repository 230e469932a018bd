// The table of experts that one launch computes, on the device. An entry is some consecutive slices of one expert, wherever they lie
// (resident or in a slot), for 1 to 16 rows; an expert with more rows has several entries, or goes to cuBLAS.
#pragma once

#include "few_rows.cuh"

enum ExpertOutput { OUTPUT_SET = 0, OUTPUT_ADD = 1, OUTPUT_SEPARATE = 2 };
enum ExpertLayout { LAYOUT_ROW_MAJOR = 0, LAYOUT_PACKED = 1 };

// 40 bytes; the launcher writes it.
struct ExpertWork {
  const void* slices;  // first slice: gate [sliceWidth, hiddenSize], up the same, down [hiddenSize, sliceWidth]; multiple of 16 bytes
  int num_slices;
  int first_slice;     // sum of num_slices of the entries before: where its h lies
  int first_row;       // first of its rows in the grouped order
  int row_count;       // 1 to 16
  int out_row;         // first row of the output
  int output;          // ExpertOutput
  int layout;          // ExpertLayout; packed only for BF16 with sizes that are multiples of 32
  int reserved;
};

static_assert(sizeof(ExpertWork) == 40, "the launcher writes entries of 40 bytes");

// The entry that slice `slice` of all slices belongs to.
__device__ inline int work_of_slice(const ExpertWork* work, int num_work, int slice) {
  int low = 0, high = num_work;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (work[middle].first_slice <= slice) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

// First element of slice `index` of an entry.
template <class T>
__device__ inline const T* slice_of(const ExpertWork& work, int index, int hidden_size, int slice_width) {
  return static_cast<const T*>(work.slices) + (long long)index * 3 * slice_width * hidden_size;
}

// h of all slices: [slices][MAX_TOKENS][slice_width].
__device__ inline long long h_offset(int slice, int token, int slice_width) {
  return ((long long)slice * MAX_TOKENS + token) * slice_width;
}
