// Slices of an expert from the packing of the CPU's lane (tile_packing.h) to row-major, as cuBLAS reads them. The kernels for few
// rows read the packing as it is.
//
// packed     [numSlices] slices, each gate and up [sliceWidth, hiddenSize] and down [hiddenSize, sliceWidth], packed
// row_major  the same slices row-major, written; another memory than packed
// Both sizes are multiples of 32. Launch: any grid, block 256; a warp turns one tile at a time.
#include "device.cuh"

constexpr int TILE_ROWS = 16;
constexpr int TILE_PAIRS = 16;

extern "C" __global__ void untile_slices(const unsigned* __restrict__ packed, int num_slices, int hidden_size, int slice_width,
                                         unsigned* __restrict__ row_major) {
  constexpr int WARPS = 8;
  __shared__ unsigned turned[WARPS][TILE_PAIRS][TILE_ROWS + 1];
  const int warp = threadIdx.x / WARP;
  const int lane = threadIdx.x % WARP;
  const long long tiles_of_matrix = (long long)hidden_size * slice_width / (2 * TILE_ROWS * TILE_PAIRS);
  const long long tiles = 3 * tiles_of_matrix * num_slices;
  for (long long tile = (long long)blockIdx.x * WARPS + warp; tile < tiles; tile += (long long)gridDim.x * WARPS) {
    const long long matrix = tile / tiles_of_matrix;
    const int pairs_of_row = (matrix % 3 == 2 ? slice_width : hidden_size) / 2;
    const int tiles_of_panel = pairs_of_row / TILE_PAIRS;
    const int tile_of_matrix = (int)(tile % tiles_of_matrix);
    const long long first_row = (long long)(tile_of_matrix / tiles_of_panel) * TILE_ROWS;
    const int first_pair = tile_of_matrix % tiles_of_panel * TILE_PAIRS;
#pragma unroll
    for (int i = 0; i < 2; i++) {
      const int at = (i * WARP + lane) * 4;
      const uint4 v = load_once(packed + tile * TILE_ROWS * TILE_PAIRS + at);
      unsigned* to = &turned[warp][at / TILE_ROWS][at % TILE_ROWS];
      to[0] = v.x, to[1] = v.y, to[2] = v.z, to[3] = v.w;
    }
    __syncwarp();
    unsigned* out = row_major + matrix * tiles_of_matrix * TILE_ROWS * TILE_PAIRS;
#pragma unroll
    for (int i = 0; i < 2; i++) {
      const int row = i * 8 + lane / 4;
      const int pair = lane % 4 * 4;
      const uint4 v = {turned[warp][pair][row], turned[warp][pair + 1][row], turned[warp][pair + 2][row],
                       turned[warp][pair + 3][row]};
      *reinterpret_cast<uint4*>(out + (first_row + row) * pairs_of_row + first_pair + pair) = v;
    }
    __syncwarp();
  }
}
