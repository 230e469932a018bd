// Hands results to the host without a copy engine or a synchronisation: rows and the router's choice go to mapped host memory, then a
// flag behind them takes the number of this publication. A host that sees the number sees everything that was written before it.
//
// values         [rows, width], or null; a multiple of 4 bytes
// mirror         the same in mapped host memory
// row_count      one int on the device
// selected       [rows, top_k], and routing_weights likewise, or null
// mirror_selected, mirror_weights   the same in mapped host memory
// state          two unsigned on the device, zero at first: blocks that have arrived, publications so far
// flag           one unsigned in mapped host memory, written last: publications so far, this one included
// Launch: any grid, block 256; strides over the elements. Graphs: row_count and the number are read on the device.
#include "device.cuh"

extern "C" __global__ void publish(const float* __restrict__ values, float* __restrict__ mirror, const int* __restrict__ row_count,
                                   int width, const int* __restrict__ selected, const float* __restrict__ routing_weights, int top_k,
                                   int* __restrict__ mirror_selected, float* __restrict__ mirror_weights, unsigned* state,
                                   unsigned* flag) {
  const long long rows = *row_count;
  const long long stride = (long long)gridDim.x * blockDim.x;
  const long long first = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (values) {
    for (long long i = first; i < rows * width; i += stride) {
      mirror[i] = values[i];
    }
  }
  if (selected) {
    for (long long i = first; i < rows * top_k; i += stride) {
      mirror_selected[i] = selected[i];
      mirror_weights[i] = routing_weights[i];
    }
  }
  // Every thread's writes are in the host's sight before its block arrives; the last block to arrive speaks for all.
  __threadfence_system();
  __syncthreads();
  if (threadIdx.x == 0 && atomicAdd(&state[0], 1u) == gridDim.x - 1) {
    state[0] = 0;
    const unsigned number = state[1] + 1;
    state[1] = number;
    release_to_host(flag, number);
  }
}
