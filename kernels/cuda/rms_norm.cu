// normed[i] = x[r] / sqrt(mean(x[r]^2) + eps) * weight, with r = row_index[i], or i where there is no row_index
//
// x           [rows of x, hiddenSize]
// row_index   [rows] on the device, or null: which row of x each row of the result comes from (the head needs only some)
// weight      [hiddenSize], of the kernel's type
// row_count   one int on the device
// normed      [rows, hiddenSize], or null
// normed_bf16 the same rounded to bf16, or null: what cuBLAS multiplies
// mirror      the same as normed, or null: mapped host memory, for the lane of the CPU
// Launch: grid (rows), block 256. Graphs: row_index and row_count are read on the device.
#include "device.cuh"

template <class T>
__device__ void rms_norm(const float* __restrict__ x, const int* __restrict__ row_index, const T* __restrict__ weight, float eps,
                         const int* __restrict__ row_count, int hidden_size, float* __restrict__ normed,
                         bf16* __restrict__ normed_bf16, float* __restrict__ mirror) {
  __shared__ float sums[WARP];
  const int row = blockIdx.x;
  if (row >= *row_count) {
    return;
  }
  const float* from = row_of(x, row_index ? row_index[row] : row, hidden_size);
  float squares = 0.0f;
  for (int i = threadIdx.x; i < hidden_size; i += blockDim.x) {
    squares += from[i] * from[i];
  }
  squares = block_sum(squares, sums);
  const float scale = 1.0f / sqrtf(squares / (float)hidden_size + eps);
  const long long first = (long long)row * hidden_size;
  for (int i = threadIdx.x; i < hidden_size; i += blockDim.x) {
    const float value = from[i] * scale * widen(weight[i]);
    if (normed) {
      normed[first + i] = value;
    }
    if (normed_bf16) {
      normed_bf16[first + i] = round_bf16(value);
    }
    if (mirror) {
      mirror[first + i] = value;
    }
  }
}

extern "C" __global__ void rms_norm_bf16(const float* x, const int* row_index, const bf16* weight, float eps, const int* row_count,
                                         int hidden_size, float* normed, bf16* normed_bf16, float* mirror) {
  rms_norm(x, row_index, weight, eps, row_count, hidden_size, normed, normed_bf16, mirror);
}

extern "C" __global__ void rms_norm_f16(const float* x, const int* row_index, const f16* weight, float eps, const int* row_count,
                                        int hidden_size, float* normed, bf16* normed_bf16, float* mirror) {
  rms_norm(x, row_index, weight, eps, row_count, hidden_size, normed, normed_bf16, mirror);
}

extern "C" __global__ void rms_norm_f32(const float* x, const int* row_index, const float* weight, float eps, const int* row_count,
                                        int hidden_size, float* normed, bf16* normed_bf16, float* mirror) {
  rms_norm(x, row_index, weight, eps, row_count, hidden_size, normed, normed_bf16, mirror);
}
