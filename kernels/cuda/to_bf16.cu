// Rounds float32 to bf16, to nearest, ties to even.
//
// from      [rows, width]
// row_count one int on the device
// to        [rows, width], written
// Launch: any grid, block 256; strides over the elements. Graphs: row_count is read on the device.
#include "device.cuh"

extern "C" __global__ void to_bf16(const float* __restrict__ from, const int* __restrict__ row_count, int width,
                                   bf16* __restrict__ to) {
  const long long count = (long long)*row_count * width;
  const long long stride = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride) {
    to[i] = round_bf16(from[i]);
  }
}
