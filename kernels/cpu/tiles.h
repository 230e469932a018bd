// The eight tile registers and what is done with them. Two builds of the same kernels: with the CPU's AMX
// instructions, or, with FIDDLER_EMULATE_TILES, with plain C++ that gives the same bits on any machine.
#pragma once

#include <stdint.h>
#include <string.h>

#include "../tile_packing.h"
#include "bf16.h"

static const int TILE_ROW_BYTES = TILE_DEPTH * (int)sizeof(bf16);  // of activations and of weights
static const int TILE_SUMS = TILE_ROWS * TILE_ROWS;                // float elements of a tile

// What LDTILECFG reads: see Intel's SDM, volume 1, section 18.
struct TileConfig {
  uint8_t palette;
  uint8_t start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};
static_assert(sizeof(TileConfig) == 64, "LDTILECFG reads 64 bytes");

#if defined(FIDDLER_EMULATE_TILES)
#include "tiles_emulated.h"
#else
#include "tiles_hardware.h"
#endif

// Tiles 0-3 are sums, 4 and 5 activations, both of `rows` rows; 6 and 7 are weights.
static inline void configure_tiles(int rows) {
  TileConfig config;
  memset(&config, 0, sizeof config);
  config.palette = 1;
  for (int tile = 0; tile < 8; tile++) {
    config.row_bytes[tile] = TILE_ROW_BYTES;
    config.rows[tile] = (uint8_t)(tile < 6 ? rows : TILE_ROWS);
  }
  tile_configure(&config);
}
