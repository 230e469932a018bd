// How the CPU lane packs a BF16 weight matrix [rows, cols] so that the matrix unit of the CPU (AMX) multiplies it as it lies, and
// what the device reads when such bytes are streamed to it. Rows are a multiple of 16, columns of 32. Java packs (AmxTiles), the CPU
// kernels multiply by it (cpu/product.h), the CUDA kernels read it in blocks or turn it row-major (cuda/few_rows.cuh, untile.cu).
//
// A panel is 16 rows over all columns, the depth of a product: depth / 32 tiles of 1 KiB, one after the other. A tile holds
// [16 pairs][16 rows][2]: the columns 2 p and 2 p + 1 of a row lie together, beside them the same columns of the next row. A slice
// of an expert holds gate, up and down in that order, each packed by itself, so its size is that of the row-major slice.
#pragma once

#include <stddef.h>
#include <stdint.h>

static const int TILE_ROWS = 16;
static const int TILE_DEPTH = 32;
static const int TILE_ELEMENTS = TILE_ROWS * TILE_DEPTH;

// Index of element (row, col) in the packed matrix.
static inline size_t packed_index(size_t row, size_t col, size_t cols) {
  const size_t tile = row / TILE_ROWS * (cols / TILE_DEPTH) + col / TILE_DEPTH;
  const size_t pair = col % TILE_DEPTH / 2;
  return tile * TILE_ELEMENTS + (pair * TILE_ROWS + row % TILE_ROWS) * 2 + col % 2;
}

// Packs the panels [first_panel, last_panel) of a row-major matrix.
static inline void pack_panels(const uint16_t* row_major, uint16_t* packed, size_t cols, size_t first_panel, size_t last_panel) {
  for (size_t row = first_panel * TILE_ROWS; row < last_panel * TILE_ROWS; row++) {
    for (size_t col = 0; col < cols; col++) {
      packed[packed_index(row, col, cols)] = row_major[row * cols + col];
    }
  }
}
