// Brings small tables from mapped host memory to the device. The copy engine would do as well, but one that is busy streaming
// weights makes a table wait for the slice under way, half a millisecond.
//
// from   [quads] pieces of 16 bytes in mapped host memory, at a multiple of 16 bytes
// to     the same on the device, written
// Launch: any grid, block 256; strides over the pieces.
#include "device.cuh"

extern "C" __global__ void fetch(const uint4* from, int quads, uint4* to) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < quads; i += gridDim.x * blockDim.x) {
    to[i] = from[i];
  }
}
