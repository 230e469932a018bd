// h = silu(gate x) * (up x) for all slices of all experts of a table in one launch; every weight is read once.
//
// work           entries on the device, see ExpertWork
// counts         two ints on the device: number of entries, number of slices of all entries together
// normed         [rows, hiddenSize]
// row_of_grouped which row of normed each row in grouped order is, on the device
// h              [slices][16][sliceWidth], written for the rows that entries have; the input of expert_down
// Launch: block 256, any grid; two blocks a multiprocessor keep memory busy. A block computes 16 columns of h at a time.
// Graphs: the table, counts and row_of_grouped are read on the device.
#include "expert_work.cuh"

// The columns [16 block, 16 block + 16) of h of one slice.
struct Columns {
  int first;
  int valid;
  int slice_width;
};

template <class T>
__device__ void gate_up_plain(const T* gate, const T* up, const Tokens& tokens, const Columns& columns, float* h) {
  for (int i = threadIdx.x / WARP; i < columns.valid; i += WARPS) {
    const int column = columns.first + i;
    const float g = dot_row(row_of(gate, column, tokens.depth), tokens);
    const float u = dot_row(row_of(up, column, tokens.depth), tokens);
    const int token = threadIdx.x % WARP;
    if (token < tokens.count) {
      h[(long long)token * columns.slice_width + column] = silu(g) * u;
    }
  }
}

__device__ inline void gate_up_tensor(const bf16* gate, const bf16* up, int layout, const Tokens& tokens, const Columns& columns,
                                      float* h, float* shared) {
  const bf16* gate_block = row_of(gate, columns.first, tokens.depth);
  const bf16* up_block = row_of(up, columns.first, tokens.depth);
  if (layout == LAYOUT_PACKED) {
    sum_band(PackedBand(gate_block, up_block), tokens, shared);
  } else {
    sum_band(RowMajorBand(gate_block, columns.valid, up_block, columns.valid, tokens.depth), tokens, shared);
  }
  const int column = threadIdx.x % BLOCK;
  const int token = threadIdx.x / BLOCK;
  if (token < tokens.count && column < columns.valid) {
    const float g = sum_of_warps(shared, token, column);
    const float u = sum_of_warps(shared, token, BLOCK + column);
    h[(long long)token * columns.slice_width + columns.first + column] = silu(g) * u;
  }
}

__device__ inline void gate_up_tensor(const void*, const void*, int, const Tokens&, const Columns&, float*, float*) {}

template <class T>
__device__ void expert_gate_up(const ExpertWork* __restrict__ work, const int* __restrict__ counts, const float* __restrict__ normed,
                               const int* __restrict__ row_of_grouped, int hidden_size, int slice_width, float* __restrict__ h) {
  __shared__ float shared[WARPS * BAND_SUMS];
  const int blocks_of_slice = (slice_width + BLOCK - 1) / BLOCK;
  const int units = counts[1] * blocks_of_slice;
  for (int unit = blockIdx.x; unit < units; unit += gridDim.x) {
    const int slice = unit / blocks_of_slice;
    const int first = unit % blocks_of_slice * BLOCK;
    const ExpertWork& task = work[work_of_slice(work, counts[0], slice)];
    const T* gate = slice_of<T>(task, slice - task.first_slice, hidden_size, slice_width);
    const T* up = gate + (long long)slice_width * hidden_size;
    const Tokens tokens = {normed, row_of_grouped + task.first_row, task.row_count, hidden_size};
    const Columns columns = {first, min(BLOCK, slice_width - first), slice_width};
    float* h_of_slice = h + h_offset(slice, 0, slice_width);
    if (uses_tensor_cores(gate, hidden_size)) {
      gate_up_tensor(gate, up, task.layout, tokens, columns, h_of_slice, shared);
    } else {
      gate_up_plain(gate, up, tokens, columns, h_of_slice);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256, 2)
    expert_gate_up_bf16(const ExpertWork* work, const int* counts, const float* normed, const int* row_of_grouped, int hidden_size,
                        int slice_width, float* h) {
  expert_gate_up<bf16>(work, counts, normed, row_of_grouped, hidden_size, slice_width, h);
}

extern "C" __global__ void __launch_bounds__(256, 2)
    expert_gate_up_f16(const ExpertWork* work, const int* counts, const float* normed, const int* row_of_grouped, int hidden_size,
                       int slice_width, float* h) {
  expert_gate_up<f16>(work, counts, normed, row_of_grouped, hidden_size, slice_width, h);
}

extern "C" __global__ void __launch_bounds__(256, 2)
    expert_gate_up_f32(const ExpertWork* work, const int* counts, const float* normed, const int* row_of_grouped, int hidden_size,
                       int slice_width, float* h) {
  expert_gate_up<float>(work, counts, normed, row_of_grouped, hidden_size, slice_width, h);
}
