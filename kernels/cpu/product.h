// Products of activations with two panels of weights.
//
// A panel is 16 rows of a weight matrix over its whole depth, as depth / 32 tiles of 1 KiB: [16 pairs of k][16 rows][2].
// Activations are tiles as well: [tokens / 16][depth / 32][16 tokens][32]. Sums: [tokens / 16][2 panels][16][16].
// The order in which a sum is formed depends on the depth only, so a token's bits do not depend on those beside it.
#pragma once

#include "tiles.h"

// Tiles by which loads are announced: what keeps enough cache lines under way to use all of a core's bandwidth.
static const long TILES_AHEAD = 8;

// Tiles of depth that many tokens pass over before the next: two panels of them stay in the L1 cache.
static const long DEPTH_BLOCK = 16;

// Two panels that are read side by side, and what will be read after them.
struct Panels {
  const bf16* first;
  const bf16* second;
  const bf16* next_first;
  const bf16* next_second;
};

static inline void prefetch_tile(const bf16* tile) {
  for (int line = 0; line < TILE_ROWS; line++) {
    __builtin_prefetch((const char*)tile + line * TILE_ROW_BYTES, 0, 3);
  }
}

static inline void prefetch_ahead(const Panels& panels, long step, long depth_tiles) {
  const long ahead = step + TILES_AHEAD;
  if (ahead < depth_tiles) {
    prefetch_tile(panels.first + ahead * TILE_ELEMENTS);
    prefetch_tile(panels.second + ahead * TILE_ELEMENTS);
  } else {
    prefetch_tile(panels.next_first + (ahead - depth_tiles) * TILE_ELEMENTS);
    prefetch_tile(panels.next_second + (ahead - depth_tiles) * TILE_ELEMENTS);
  }
}

// Tiles of depth [from, to) for one tile of tokens.
static inline void multiply_one(const bf16* x, const Panels& panels, long from, long to, long depth_tiles, bool fetch,
                                float* sums) {
  if (from == 0) {
    tile_zero<0>();
    tile_zero<1>();
  } else {
    tile_load<0>(sums);
    tile_load<1>(sums + TILE_SUMS);
  }
  for (long k = from; k < to; k++) {
    if (fetch) {
      prefetch_ahead(panels, k, depth_tiles);
    }
    tile_load<4>(x + k * TILE_ELEMENTS);
    tile_load<6>(panels.first + k * TILE_ELEMENTS);
    tile_multiply<0, 4, 6>();
    tile_load<7>(panels.second + k * TILE_ELEMENTS);
    tile_multiply<1, 4, 7>();
  }
  tile_store<0>(sums);
  tile_store<1>(sums + TILE_SUMS);
}

// The same for two tiles of tokens: each tile of weights is loaded once for both.
static inline void multiply_two(const bf16* x, const Panels& panels, long from, long to, long depth_tiles, bool fetch,
                                float* sums) {
  const bf16* y = x + depth_tiles * TILE_ELEMENTS;
  if (from == 0) {
    tile_zero<0>();
    tile_zero<1>();
    tile_zero<2>();
    tile_zero<3>();
  } else {
    tile_load<0>(sums);
    tile_load<1>(sums + TILE_SUMS);
    tile_load<2>(sums + 2 * TILE_SUMS);
    tile_load<3>(sums + 3 * TILE_SUMS);
  }
  for (long k = from; k < to; k++) {
    if (fetch) {
      prefetch_ahead(panels, k, depth_tiles);
    }
    tile_load<4>(x + k * TILE_ELEMENTS);
    tile_load<6>(panels.first + k * TILE_ELEMENTS);
    tile_multiply<0, 4, 6>();
    tile_load<7>(panels.second + k * TILE_ELEMENTS);
    tile_multiply<1, 4, 7>();
    tile_load<5>(y + k * TILE_ELEMENTS);
    tile_multiply<2, 5, 6>();
    tile_multiply<3, 5, 7>();
  }
  tile_store<0>(sums);
  tile_store<1>(sums + TILE_SUMS);
  tile_store<2>(sums + 2 * TILE_SUMS);
  tile_store<3>(sums + 3 * TILE_SUMS);
}

static void multiply_panels(const bf16* x, long token_tiles, const Panels& panels, long depth_tiles, float* sums) {
  const long block = token_tiles > 2 ? DEPTH_BLOCK : depth_tiles;
  for (long from = 0; from < depth_tiles; from += block) {
    const long to = from + block < depth_tiles ? from + block : depth_tiles;
    for (long t = 0; t < token_tiles; t += 2) {
      const bf16* tokens = x + t * depth_tiles * TILE_ELEMENTS;
      float* token_sums = sums + t * 2 * TILE_SUMS;
      if (t + 1 < token_tiles) {
        multiply_two(tokens, panels, from, to, depth_tiles, t == 0, token_sums);
      } else {
        multiply_one(tokens, panels, from, to, depth_tiles, t == 0, token_sums);
      }
    }
  }
}
