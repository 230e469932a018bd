// Adds the experts' results to the rows. Assignment a (rows in order, the experts of a row in order of their id) has the result
// parts[first_part[a]] + parts[next_part[a]] + parts[next_part[a] + stride[a]] + ... with next_count[a] terms after the first; the
// row becomes x[r] += weight[a0] * result(a0) + weight[a1] * result(a1) ... Every product and sum is rounded by itself and in this
// order, so the result is bit for bit that of the host.
//
// parts      [partRows, hiddenSize]
// first_part, next_part, stride, next_count, weight   [rows * topK] on the device
// row_count  one int on the device
// x          [rows, hiddenSize], changed in place
// Launch: grid (hiddenSize / 256 rounded up, rows), block 256. Graphs: all tables and row_count are read on the device.
#include "device.cuh"

extern "C" __global__ void combine(const float* __restrict__ parts, const int* __restrict__ first_part,
                                   const int* __restrict__ next_part, const int* __restrict__ stride,
                                   const int* __restrict__ next_count, const float* __restrict__ weight,
                                   const int* __restrict__ row_count, int top_k, int hidden_size, float* __restrict__ x) {
  const int row = blockIdx.y;
  const int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= *row_count || column >= hidden_size) {
    return;
  }
  float sum = 0.0f;
  for (int k = 0; k < top_k; k++) {
    const int a = row * top_k + k;
    float result = row_of(parts, first_part[a], hidden_size)[column];
    for (int i = 0; i < next_count[a]; i++) {
      const long long next = next_part[a] + (long long)i * stride[a];
      result = __fadd_rn(result, row_of(parts, next, hidden_size)[column]);
    }
    const float weighed = __fmul_rn(weight[a], result);
    sum = k == 0 ? weighed : __fadd_rn(sum, weighed);
  }
  float* target = row_of(x, row, hidden_size) + column;
  *target = __fadd_rn(*target, sum);
}
