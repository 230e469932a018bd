// y_p = x weights_p^T for up to three matrices that share their input (query, key and value; or one: output projection, head), for
// few rows; every weight is read once for 16 rows. cuBLAS is faster for more than that.
//
// weights0..2 [outputs_p, depth], of the kernel's type, each at a multiple of 16 bytes; outputs_p 0 for a matrix that is not there
// y0..2       [rows, outputs_p], written, or added to where `accumulate` is not 0
// x           [rows, depth]
// row_count   one int on the device
// Launch: block 256, any grid; two blocks a multiprocessor keep memory busy. A block computes 32 outputs at a time.
// Graphs: row_count is read on the device.
#include "few_rows.cuh"

// 32 outputs of one matrix.
template <class T>
struct Part {
  const T* weights;  // from the first of the outputs
  float* y;          // likewise, of the first row
  int outputs;       // of the matrix
  int valid;         // of the 32
};

template <class T>
__device__ inline void write(const Part<T>& part, int token, int output, float value, int accumulate) {
  float* to = row_of(part.y, token, part.outputs) + output;
  *to = accumulate ? *to + value : value;
}

template <class T>
__device__ void multiply_plain(const Part<T>& part, const Tokens& tokens, int first_token, int accumulate) {
  const int token = threadIdx.x % WARP;
  for (int i = threadIdx.x / WARP; i < part.valid; i += WARPS) {
    const float value = dot_row(row_of(part.weights, i, tokens.depth), tokens);
    if (token < tokens.count) {
      write(part, first_token + token, i, value, accumulate);
    }
  }
}

__device__ inline void multiply_tensor(const Part<bf16>& part, const Tokens& tokens, int first_token, int accumulate, float* shared) {
  const bool two = part.valid > BLOCK;
  const bf16* block1 = two ? row_of(part.weights, BLOCK, tokens.depth) : part.weights;
  const int valid0 = min(part.valid, BLOCK);
  sum_band(RowMajorBand(part.weights, valid0, block1, two ? part.valid - BLOCK : valid0, tokens.depth), tokens, shared);
  const int output = threadIdx.x % BAND;
  for (int token = threadIdx.x / BAND; token < tokens.count; token += WARPS) {
    if (output < part.valid) {
      write(part, first_token + token, output, sum_of_warps(shared, token, output), accumulate);
    }
  }
}

template <class T>
__device__ void multiply_tensor(const Part<T>&, const Tokens&, int, int, float*) {}

template <class T>
__device__ void linear(const T* const (&weights)[3], const int (&outputs)[3], float* const (&y)[3], const float* __restrict__ x,
                       const int* __restrict__ row_count, int depth, int accumulate) {
  __shared__ float shared[WARPS * BAND_SUMS];
  const int bands0 = (outputs[0] + BAND - 1) / BAND;
  const int bands1 = (outputs[1] + BAND - 1) / BAND;
  const int bands2 = (outputs[2] + BAND - 1) / BAND;
  const int rows = *row_count;
  for (int unit = blockIdx.x; unit < bands0 + bands1 + bands2; unit += gridDim.x) {
    const int matrix = unit < bands0 ? 0 : unit < bands0 + bands1 ? 1 : 2;
    const int first = (unit - (matrix > 0 ? bands0 : 0) - (matrix > 1 ? bands1 : 0)) * BAND;
    const T* from = matrix == 0 ? weights[0] : matrix == 1 ? weights[1] : weights[2];
    float* to = matrix == 0 ? y[0] : matrix == 1 ? y[1] : y[2];
    const int width = matrix == 0 ? outputs[0] : matrix == 1 ? outputs[1] : outputs[2];
    const Part<T> part = {row_of(from, first, depth), to + first, width, min(BAND, width - first)};
    for (int token = 0; token < rows; token += MAX_TOKENS) {
      const Tokens tokens = {row_of(x, token, depth), nullptr, min(MAX_TOKENS, rows - token), depth};
      if (uses_tensor_cores(from, depth)) {
        multiply_tensor(part, tokens, token, accumulate, shared);
      } else {
        multiply_plain(part, tokens, token, accumulate);
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(256, 2)
    linear_bf16(const bf16* weights0, int outputs0, float* y0, const bf16* weights1, int outputs1, float* y1, const bf16* weights2,
                int outputs2, float* y2, const float* x, const int* row_count, int depth, int accumulate) {
  linear<bf16>({weights0, weights1, weights2}, {outputs0, outputs1, outputs2}, {y0, y1, y2}, x, row_count, depth, accumulate);
}

extern "C" __global__ void __launch_bounds__(256, 2)
    linear_f16(const f16* weights0, int outputs0, float* y0, const f16* weights1, int outputs1, float* y1, const f16* weights2,
               int outputs2, float* y2, const float* x, const int* row_count, int depth, int accumulate) {
  linear<f16>({weights0, weights1, weights2}, {outputs0, outputs1, outputs2}, {y0, y1, y2}, x, row_count, depth, accumulate);
}

extern "C" __global__ void __launch_bounds__(256, 2)
    linear_f32(const float* weights0, int outputs0, float* y0, const float* weights1, int outputs1, float* y1, const float* weights2,
               int outputs2, float* y2, const float* x, const int* row_count, int depth, int accumulate) {
  linear<float>({weights0, weights1, weights2}, {outputs0, outputs1, outputs2}, {y0, y1, y2}, x, row_count, depth, accumulate);
}
