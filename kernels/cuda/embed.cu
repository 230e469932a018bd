// x[r] = table[tokens[r]]
//
// table     [vocabSize, hiddenSize], of the kernel's type
// tokens    [rows], on the device
// row_count one int on the device
// x         [rows, hiddenSize], written
// Launch: grid (rows), block 256. Graphs: tokens and row_count are read on the device.
#include "device.cuh"

template <class T>
__device__ void embed(const T* __restrict__ table, const int* __restrict__ tokens, const int* __restrict__ row_count,
                      int hidden_size, float* __restrict__ x) {
  const int row = blockIdx.x;
  if (row >= *row_count) {
    return;
  }
  const T* from = row_of(table, tokens[row], hidden_size);
  float* to = row_of(x, row, hidden_size);
  for (int i = threadIdx.x; i < hidden_size; i += blockDim.x) {
    to[i] = widen(from[i]);
  }
}

extern "C" __global__ void embed_bf16(const bf16* table, const int* tokens, const int* row_count, int hidden_size, float* x) {
  embed(table, tokens, row_count, hidden_size, x);
}

extern "C" __global__ void embed_f16(const f16* table, const int* tokens, const int* row_count, int hidden_size, float* x) {
  embed(table, tokens, row_count, hidden_size, x);
}

extern "C" __global__ void embed_f32(const float* table, const int* tokens, const int* row_count, int hidden_size, float* x) {
  embed(table, tokens, row_count, hidden_size, x);
}
