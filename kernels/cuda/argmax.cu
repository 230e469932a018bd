// tokens[r] = index of the highest of logits[r], the lowest of equals: greedy sampling without moving the logits to the host.
// A NaN is never the highest; a row of nothing but NaN or minus infinity gives token 0.
//
// logits    [rows, vocabSize]
// row_count one int on the device
// tokens    [rows], written; may be mapped host memory
// Launch: grid (rows), block 1024. Graphs: row_count is read on the device.
#include "device.cuh"

struct Best {
  float value;
  int index;
};

__device__ inline Best better(Best a, Best b) {
  return b.value > a.value || (b.value == a.value && b.index < a.index) ? b : a;
}

__device__ inline Best warp_best(Best best) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    const Best other = {__shfl_xor_sync(ALL_LANES, best.value, distance), __shfl_xor_sync(ALL_LANES, best.index, distance)};
    best = better(best, other);
  }
  return best;
}

extern "C" __global__ void argmax(const float* __restrict__ logits, const int* __restrict__ row_count, int vocab_size,
                                  int* __restrict__ tokens) {
  __shared__ Best best_of_warp[WARP];
  const int row = blockIdx.x;
  if (row >= *row_count) {
    return;
  }
  const float* from = row_of(logits, row, vocab_size);
  Best best = {-INFINITY, 0};
  for (int i = threadIdx.x; i < vocab_size; i += blockDim.x) {
    if (from[i] > best.value) {
      best = {from[i], i};
    }
  }
  best = warp_best(best);
  if (threadIdx.x % WARP == 0) {
    best_of_warp[threadIdx.x / WARP] = best;
  }
  __syncthreads();
  if (threadIdx.x < WARP) {
    best = {-INFINITY, 0};
    if (threadIdx.x < blockDim.x / WARP) {
      best = best_of_warp[threadIdx.x];
    }
    best = warp_best(best);
    if (threadIdx.x == 0) {
      tokens[row] = best.index;
    }
  }
}
