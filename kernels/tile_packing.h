// How the CPU lane packs a BF16 weight matrix [rows, cols] so that the matrix unit of the CPU (AMX) multiplies it as it lies, and
// what the device reads when such bytes are streamed to it. Rows are a multiple of 16, columns of 32.
//
// A panel is 16 rows over all columns: cols / 32 tiles of 1 KiB, one after the other. A tile holds [16 pairs][16 rows][2]: the
// columns 2 p and 2 p + 1 of a row lie together, beside them the same columns of the next row. A slice of an expert holds gate,
// up and down in that order, each packed by itself, so its size is that of the row-major slice.
#ifndef FIDDLER_TILE_PACKING_H
#define FIDDLER_TILE_PACKING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __CUDACC__
#define TILE_PACKING_FUNCTION static __host__ __device__ inline
#else
#define TILE_PACKING_FUNCTION static inline
#endif

enum { PACKED_TILE_ROWS = 16, PACKED_TILE_COLS = 32, PACKED_TILE_ELEMENTS = 512 };

// Index of element (row, col) in the packed matrix.
TILE_PACKING_FUNCTION size_t packed_index(size_t row, size_t col, size_t cols) {
  const size_t tile = row / PACKED_TILE_ROWS * (cols / PACKED_TILE_COLS) + col / PACKED_TILE_COLS;
  const size_t pair = col % PACKED_TILE_COLS / 2;
  return tile * PACKED_TILE_ELEMENTS + (pair * PACKED_TILE_ROWS + row % PACKED_TILE_ROWS) * 2 + col % 2;
}

// Packs the panels [first_panel, last_panel) of a row-major matrix.
TILE_PACKING_FUNCTION void pack_panels(const uint16_t* row_major, uint16_t* packed, size_t cols, size_t first_panel,
                                       size_t last_panel) {
  for (size_t row = first_panel * PACKED_TILE_ROWS; row < last_panel * PACKED_TILE_ROWS; row++) {
    for (size_t col = 0; col < cols; col++) {
      packed[packed_index(row, col, cols)] = row_major[row * cols + col];
    }
  }
}

#endif
