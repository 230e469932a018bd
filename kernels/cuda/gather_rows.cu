// grouped[g] = normed[row_of_grouped[range[0] + g]]: the rows of an expert side by side, as cuBLAS wants them. The kernels for few
// rows gather by themselves.
//
// normed         [rows, hiddenSize]
// row_of_grouped [rows in grouped order] on the device
// range          two ints on the device: first grouped row, number of rows
// grouped        [range[1], hiddenSize], or null
// grouped_bf16   the same rounded to bf16, or null
// Launch: grid (rows), block 256; strides over the rows. Graphs: row_of_grouped and range are read on the device.
#include "device.cuh"

extern "C" __global__ void gather_rows(const float* __restrict__ normed, const int* __restrict__ row_of_grouped,
                                       const int* __restrict__ range, int hidden_size, float* __restrict__ grouped,
                                       bf16* __restrict__ grouped_bf16) {
  for (int g = blockIdx.x; g < range[1]; g += gridDim.x) {
    const float* from = row_of(normed, row_of_grouped[range[0] + g], hidden_size);
    const long long first = (long long)g * hidden_size;
    for (int i = threadIdx.x; i < hidden_size; i += blockDim.x) {
      if (grouped) {
        grouped[first + i] = from[i];
      }
      if (grouped_bf16) {
        grouped_bf16[first + i] = round_bf16(from[i]);
      }
    }
  }
}
