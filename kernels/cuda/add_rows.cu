// x[r] += y[r]: a product that could not be added where it was computed, because it has more rows than x.
//
// y         [rows, width], perhaps more
// row_count one int on the device
// x         [rows, width], changed in place
// Launch: any grid, block 256; strides over the elements. Graphs: row_count is read on the device.
#include "device.cuh"

extern "C" __global__ void add_rows(const float* __restrict__ y, const int* __restrict__ row_count, int width, float* __restrict__ x) {
  const long long count = (long long)*row_count * width;
  const long long stride = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride) {
    x[i] += y[i];
  }
}
