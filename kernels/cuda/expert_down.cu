// y_s = down_s h_s for the slices s of all experts of a table in one launch, written as each entry says:
//
// SET       out[outRow + r] = y_0 + y_1 + ...
// ADD       out[outRow + r] = (out[outRow + r] + y_0) + y_1 + ...
// SEPARATE  out[outRow + s * rowCount + r] = y_s
//
// y_s is a float32 by itself, and the sums are formed in order of the slices, so that it does not matter which side computed which
// slices. Entries of one launch write disjoint rows of out: an ADD goes to a later launch than what it continues.
//
// work, counts   as for expert_gate_up, of which this is the second half
// h              [slices][16][sliceWidth]
// out            [outRows, hiddenSize]
// Launch: block 256, any grid; two blocks a multiprocessor. A block computes 32 outputs at a time over all slices of an entry.
// Graphs: the table and counts are read on the device.
#include "expert_work.cuh"

constexpr int PARTS = 4;           // of the depth of a slice, each by a warp
constexpr int SLICES_AT_ONCE = 4;  // whose sums fit in shared memory

// The outputs [first, first + valid) of one entry.
struct Target {
  float* out;  // of the entry, from its first row
  int hidden_size;
  int first;
  int valid;
  int row_count;
  int output;
};

// Takes y_s of one output in order of the slices.
__device__ inline void take(const Target& target, int slice, int token, int output, float y, float& sum) {
  if (target.output == OUTPUT_SEPARATE) {
    row_of(target.out, slice * target.row_count + token, target.hidden_size)[target.first + output] = y;
  } else {
    sum = slice == 0 && target.output == OUTPUT_SET ? y : sum + y;
  }
}

__device__ inline float begin(const Target& target, int token, int output) {
  const bool continues = target.output == OUTPUT_ADD && token < target.row_count && output < target.valid;
  return continues ? row_of(target.out, token, target.hidden_size)[target.first + output] : 0.0f;
}

__device__ inline void finish(const Target& target, int token, int output, float sum) {
  if (target.output != OUTPUT_SEPARATE && token < target.row_count && output < target.valid) {
    row_of(target.out, token, target.hidden_size)[target.first + output] = sum;
  }
}

// One warp an output: four of the 32 outputs each.
template <class T>
__device__ void down_plain(const ExpertWork& task, const float* h, int slice_width, const Target& target) {
  const int token = threadIdx.x % WARP;
  for (int i = threadIdx.x / WARP; i < target.valid; i += WARPS) {
    float sum = begin(target, token, i);
    for (int s = 0; s < task.num_slices; s++) {
      const T* down = slice_of<T>(task, s, target.hidden_size, slice_width) + 2LL * slice_width * target.hidden_size;
      const Tokens tokens = {h + h_offset(task.first_slice + s, 0, slice_width), nullptr, task.row_count, slice_width};
      const float y = dot_row(row_of(down, target.first + i, slice_width), tokens);
      if (token < task.row_count) {
        take(target, s, token, i, y, sum);
      }
    }
    finish(target, token, i, sum);
  }
}

// One part of one slice by a warp.
template <int TOKENS>
__device__ void sum_part(const ExpertWork& task, const float* h, int slice_width, const Target& target, int slice, int part,
                         float* shared) {
  const bf16* down = slice_of<bf16>(task, slice, target.hidden_size, slice_width) + 2LL * slice_width * target.hidden_size;
  const bf16* block0 = row_of(down, target.first, slice_width);
  const bf16* block1 = target.valid > BLOCK ? row_of(block0, BLOCK, slice_width) : block0;
  BandSums<TOKENS> sums({h + h_offset(task.first_slice + slice, 0, slice_width), nullptr, task.row_count, slice_width});
  if (task.layout == LAYOUT_PACKED) {
    sums.add(PackedBand(block0, block1), part, PARTS);
    sums.template store<PackedBand>(shared);
  } else {
    const int valid1 = target.valid > BLOCK ? target.valid - BLOCK : BLOCK;
    sums.add(RowMajorBand(block0, min(target.valid, BLOCK), block1, min(valid1, target.valid), slice_width), part, PARTS);
    sums.template store<RowMajorBand>(shared);
  }
}

template <int TOKENS>
__device__ void down_tensor(const ExpertWork& task, const float* h, int slice_width, const Target& target, float* shared) {
  constexpr int TOKENS_OF_THREAD = TOKENS <= WARPS ? 1 : TOKENS / WARPS;
  const int warp = threadIdx.x / WARP;
  const int output = threadIdx.x % BAND;
  float totals[TOKENS_OF_THREAD];
#pragma unroll
  for (int i = 0; i < TOKENS_OF_THREAD; i++) {
    totals[i] = begin(target, warp + i * WARPS, output);
  }
  for (int first = 0; first < task.num_slices; first += SLICES_AT_ONCE) {
    const int slices = min(SLICES_AT_ONCE, task.num_slices - first);
    for (int item = warp; item < slices * PARTS; item += WARPS) {
      sum_part<TOKENS>(task, h, slice_width, target, first + item / PARTS, item % PARTS, shared + item * BAND_SUMS);
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < TOKENS_OF_THREAD; i++) {
      const int token = warp + i * WARPS;
      if (token < task.row_count && output < target.valid) {
        for (int s = 0; s < slices; s++) {
          float y = 0.0f;
#pragma unroll
          for (int part = 0; part < PARTS; part++) {
            y += shared[(s * PARTS + part) * BAND_SUMS + token * BAND_STRIDE + output];
          }
          take(target, first + s, token, output, y, totals[i]);
        }
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < TOKENS_OF_THREAD; i++) {
    finish(target, warp + i * WARPS, output, totals[i]);
  }
}

__device__ inline void down_tensor(const bf16*, const ExpertWork& task, const float* h, int slice_width, const Target& target,
                                   float* shared) {
  if (task.row_count <= 4) {
    down_tensor<4>(task, h, slice_width, target, shared);
  } else if (task.row_count <= 8) {
    down_tensor<8>(task, h, slice_width, target, shared);
  } else {
    down_tensor<16>(task, h, slice_width, target, shared);
  }
}

__device__ inline void down_tensor(const void*, const ExpertWork&, const float*, int, const Target&, float*) {}

template <class T>
__device__ void expert_down(const ExpertWork* __restrict__ work, const int* __restrict__ counts, const float* __restrict__ h,
                            int hidden_size, int slice_width, float* __restrict__ out) {
  __shared__ float shared[SLICES_AT_ONCE * PARTS * BAND_SUMS];
  const int bands = (hidden_size + BAND - 1) / BAND;
  for (int unit = blockIdx.x; unit < counts[0] * bands; unit += gridDim.x) {
    const ExpertWork& task = work[unit / bands];
    const int first = unit % bands * BAND;
    const Target target = {row_of(out, task.out_row, hidden_size),
                           hidden_size,
                           first,
                           min(BAND, hidden_size - first),
                           task.row_count,
                           task.output};
    const T* weights = nullptr;
    if (uses_tensor_cores(weights, slice_width)) {
      down_tensor(weights, task, h, slice_width, target, shared);
    } else {
      down_plain<T>(task, h, slice_width, target);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256, 2) expert_down_bf16(const ExpertWork* work, const int* counts, const float* h,
                                                                      int hidden_size, int slice_width, float* out) {
  expert_down<bf16>(work, counts, h, hidden_size, slice_width, out);
}

extern "C" __global__ void __launch_bounds__(256, 2) expert_down_f16(const ExpertWork* work, const int* counts, const float* h,
                                                                     int hidden_size, int slice_width, float* out) {
  expert_down<f16>(work, counts, h, hidden_size, slice_width, out);
}

extern "C" __global__ void __launch_bounds__(256, 2) expert_down_f32(const ExpertWork* work, const int* counts, const float* h,
                                                                     int hidden_size, int slice_width, float* out) {
  expert_down<float>(work, counts, h, hidden_size, slice_width, out);
}
