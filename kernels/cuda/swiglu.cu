// h = silu(gate) * up, between the two products that cuBLAS computes for an expert with many rows
//
// gate, up  [rows, width]
// row_count one int on the device
// h         [rows, width], or null; may be gate or up itself
// h_bf16    the same rounded to bf16, or null
// Launch: any grid, block 256; strides over the elements. Graphs: row_count is read on the device.
#include "device.cuh"

extern "C" __global__ void swiglu(const float* gate, const float* up, const int* row_count, int width, float* h, bf16* h_bf16) {
  const long long count = (long long)*row_count * width;
  const long long stride = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride) {
    const float value = silu(gate[i]) * up[i];
    if (h) {
      h[i] = value;
    }
    if (h_bf16) {
      h_bf16[i] = round_bf16(value);
    }
  }
}
