// Products of activations with two panels of weights, packed as ../tile_packing.h says.
//
// Activations are tiles, too: [tokens / 16][depth / 32][16 tokens][32]. Sums: [tokens / 16][2 panels][16][16].
// The order in which a sum is formed depends on the depth only, so a token's bits do not depend on those beside it.
#pragma once

#include "tiles.h"

// Tiles by which the reading of a panel is announced when few tokens make memory the limit: what keeps enough cache
// lines under way to use all of a core's bandwidth.
static const long TILES_AHEAD = 8;

// Tiles of depth that many tokens pass over before the next. Two panels of them stay in the L1 cache, and a group's
// activations of that depth in the L2 cache.
static const long DEPTH_BLOCK = 8;

// Pairs of panels that share a reading of the activations.
static const int GROUP = 4;

static const int LINES_OF_TILE = 16;

// Two panels that are read side by side.
struct Panels {
  const bf16* first;
  const bf16* second;
};

static inline Panels at_depth(const Panels& panels, long tile) {
  return {panels.first + tile * TILE_ELEMENTS, panels.second + tile * TILE_ELEMENTS};
}

// What is fetched from memory while products run: some lines of two panels a step, up to a turn, then of two others.
struct Ahead {
  Panels panels;
  long lines_to_turn;
  Panels after_turn;
  long lines_left;
  long lines_per_step;
  bool soon;  // into the L1 cache, else into the L2 cache
};

static inline void fetch_ahead(Ahead& ahead) {
  for (long i = 0; i < ahead.lines_per_step && ahead.lines_left > 0; i++, ahead.lines_left--) {
    if (ahead.lines_to_turn-- == 0) {
      ahead.panels = ahead.after_turn;
    }
    if (ahead.soon) {
      __builtin_prefetch(ahead.panels.first, 0, 3);
      __builtin_prefetch(ahead.panels.second, 0, 3);
    } else {
      __builtin_prefetch(ahead.panels.first, 0, 2);
      __builtin_prefetch(ahead.panels.second, 0, 2);
    }
    ahead.panels.first += TILE_ROW_BYTES / sizeof(bf16);
    ahead.panels.second += TILE_ROW_BYTES / sizeof(bf16);
  }
}

// sums += x * panels for one tile of tokens and `depth` tiles of depth; sums count as zero if `first`.
static inline void multiply_one(const bf16* x, const Panels& panels, long depth, bool first, Ahead& ahead,
                                float* sums) {
  if (first) {
    tile_zero<0>();
    tile_zero<1>();
  } else {
    tile_load<0>(sums);
    tile_load<1>(sums + TILE_SUMS);
  }
  for (long k = 0; k < depth; k++) {
    fetch_ahead(ahead);
    tile_load<4>(x + k * TILE_ELEMENTS);
    tile_load<6>(panels.first + k * TILE_ELEMENTS);
    tile_multiply<0, 4, 6>();
    tile_load<7>(panels.second + k * TILE_ELEMENTS);
    tile_multiply<1, 4, 7>();
  }
  tile_store<0>(sums);
  tile_store<1>(sums + TILE_SUMS);
}

// The same for two tiles of tokens, x and y: each tile of weights is loaded once for both.
static inline void multiply_two(const bf16* x, const bf16* y, const Panels& panels, long depth, bool first,
                                Ahead& ahead, float* sums) {
  if (first) {
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
  for (long k = 0; k < depth; k++) {
    fetch_ahead(ahead);
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

// One or two tiles of tokens pass over each panel once: it is fetched from a few tiles ahead, at its end the next one.
static inline Ahead few_tokens_ahead(const Panels& panels, const Panels& next, long depth) {
  const long rest = depth > TILES_AHEAD ? depth - TILES_AHEAD : 0;
  return {at_depth(panels, depth - rest), rest * LINES_OF_TILE, next, depth * LINES_OF_TILE, LINES_OF_TILE, true};
}

// Many passes over a block of a panel: meanwhile the next block is fetched, spread over all of them.
static inline Ahead many_tokens_ahead(const Panels& next, long depth, long passes) {
  const long lines = depth * LINES_OF_TILE;
  return {next, lines, next, lines, (LINES_OF_TILE + passes - 1) / passes, false};
}

// Products of all tokens with a group of pairs of panels.
//
// x       tiles [token_tiles][depth]
// pairs   [num_pairs], at most GROUP
// next    what will be multiplied after them
// sums    [num_pairs][token_tiles][2 panels][16][16], written
static void multiply_group(const bf16* x, long token_tiles, const Panels* pairs, long num_pairs, const Panels& next,
                           long depth, float* sums) {
  const long passes = (token_tiles + 1) / 2;
  const long block = passes > 1 ? DEPTH_BLOCK : depth;
  for (long from = 0; from < depth; from += block) {
    const long end = from + block < depth ? from + block : depth;
    for (long pair = 0; pair < num_pairs; pair++) {
      const Panels here = at_depth(pairs[pair], from);
      const Panels after = pair + 1 < num_pairs ? at_depth(pairs[pair + 1], from)
                           : end < depth        ? at_depth(pairs[0], end)
                                                : next;
      Ahead ahead = passes > 1 ? many_tokens_ahead(after, end - from, passes) : few_tokens_ahead(here, after, depth);
      for (long t = 0; t < token_tiles; t += 2) {
        const bf16* tokens = x + (t * depth + from) * TILE_ELEMENTS;
        float* token_sums = sums + (pair * token_tiles + t) * 2 * TILE_SUMS;
        if (t + 1 < token_tiles) {
          multiply_two(tokens, tokens + depth * TILE_ELEMENTS, here, end - from, from == 0, ahead, token_sums);
        } else {
          multiply_one(tokens, here, end - from, from == 0, ahead, token_sums);
        }
      }
    }
  }
}
