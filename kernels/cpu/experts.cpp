// A mixture's experts on tiles: y = down (silu(gate x) * (up x)) for bf16 weights in panels of tiles, see product.h.
//
// Every function computes a part on the calling thread; the caller spreads the parts over its threads. Activations are
// rounded to bf16, sums are float32. hidden_size and width (of a slice) are multiples of 32, count is at most 256.

#include "product.h"
#include "swiglu.h"

#define API extern "C" __attribute__((visibility("default")))

static const int MAX_TOKEN_TILES = 16;

// What down does with the result of a slice.
enum Output { OUTPUT_SET = 0, OUTPUT_ADD = 1, OUTPUT_SEPARATE = 2 };

static inline long token_tiles(long count) { return (count + TILE_ROWS - 1) / TILE_ROWS; }

static inline int rows_of_tile(long count, long tile) {
  const long rest = count - tile * TILE_ROWS;
  return (int)(rest < TILE_ROWS ? rest : TILE_ROWS);
}

// Rounds one row of activations into its place in the tiles.
//
// row        [hidden_size]
// tile_row   where the row begins in the first tile of its 16 tokens
API void fiddler_round_row(const float_at* row, bf16* tile_row, long hidden_size) {
  for (long k = 0; k < hidden_size; k += TILE_DEPTH) {
    for (int i = 0; i < TILE_DEPTH; i++) {
      tile_row[i] = float_to_bf16(row[k + i]);
    }
    tile_row += TILE_ELEMENTS;
  }
}

// Sums of a group of pairs of panels.
typedef float GroupSums[GROUP * MAX_TOKEN_TILES * 2 * TILE_SUMS];

// h = silu(gate x) * (up x) for the panels [first_panel, end_panel) of a slice. Gate and up are read side by side.
//
// gate, up   panels [width / 16][hidden_size / 32] of tiles
// x          tiles [count / 16][hidden_size / 32]
// h          tiles [count / 16][width / 32], written
API void fiddler_gate_up(const bf16* gate, const bf16* up, const bf16* x, bf16* h, long count, long hidden_size,
                         long width, long first_panel, long end_panel) {
  alignas(64) GroupSums sums;
  const long panel = TILE_ROWS * hidden_size;
  const long tiles = token_tiles(count);
  configure_tiles(rows_of_tile(count, 0));
  for (long group = first_panel; group < end_panel; group += GROUP) {
    const long end = group + GROUP < end_panel ? group + GROUP : end_panel;
    Panels pairs[GROUP];
    for (long p = group; p < end; p++) {
      pairs[p - group] = {gate + p * panel, up + p * panel};
    }
    multiply_group(x, tiles, pairs, end - group, {gate + end * panel, up + end * panel}, hidden_size / TILE_DEPTH,
                   sums);
    for (long p = group; p < end; p++) {
      for (long t = 0; t < tiles; t++) {
        const float* pair_sums = sums + ((p - group) * tiles + t) * 2 * TILE_SUMS;
        // A tile of h is two panels wide.
        bf16* out = h + (t * (width / TILE_DEPTH) + p / 2) * TILE_ELEMENTS + p % 2 * TILE_ROWS;
        const int rows = rows_of_tile(count, t);
        for (int r = 0; r < rows; r++) {
          swiglu_row(pair_sums + r * TILE_ROWS, pair_sums + TILE_SUMS + r * TILE_ROWS, out + r * TILE_DEPTH);
        }
      }
    }
  }
  tile_release();
}

// Adds y = down h of consecutive slices, in their order, to some columns of the output.
//
// down       the columns' panels in the first slice; panels [hidden_size / 16][width / 32] of tiles
// slice_stride  elements from a slice's panel to the next slice's
// num_slices number of slices
// h          tiles [num_slices][count / 16][width / 32]
// out        [count, hidden_size] from the first of the columns; OUTPUT_SEPARATE: one such block a slice,
//            out_stride floats apart
// columns    a multiple of 32, at most 32 GROUP
API void fiddler_down(const bf16* down, long slice_stride, long num_slices, const bf16* h, float_at* out,
                      long out_stride, int output, long count, long hidden_size, long width, long columns) {
  alignas(64) GroupSums sums;
  const long panel = TILE_ROWS * width;
  const long tiles = token_tiles(count);
  const long num_pairs = columns / (2 * TILE_ROWS);
  configure_tiles(rows_of_tile(count, 0));
  for (long s = 0; s < num_slices; s++) {
    const bf16* first = down + s * slice_stride;
    const bf16* next = s + 1 < num_slices ? first + slice_stride : down + 2 * num_pairs * panel;
    Panels pairs[GROUP];
    for (long pair = 0; pair < num_pairs; pair++) {
      pairs[pair] = {first + 2 * pair * panel, first + (2 * pair + 1) * panel};
    }
    multiply_group(h + s * tiles * TILE_ROWS * width, tiles, pairs, num_pairs, {next, next + panel},
                   width / TILE_DEPTH, sums);
    const bool sets = output == OUTPUT_SEPARATE || (output == OUTPUT_SET && s == 0);
    float_at* to = output == OUTPUT_SEPARATE ? out + s * out_stride : out;
    for (long pair = 0; pair < num_pairs; pair++) {
      for (long row = 0; row < count; row++) {
        const float* y = sums + (pair * tiles + row / TILE_ROWS) * 2 * TILE_SUMS + row % TILE_ROWS * TILE_ROWS;
        float_at* target = to + row * hidden_size + pair * 2 * TILE_ROWS;
        for (int i = 0; i < TILE_ROWS; i++) {
          target[i] = sets ? y[i] : target[i] + y[i];
          target[TILE_ROWS + i] = sets ? y[TILE_SUMS + i] : target[TILE_ROWS + i] + y[TILE_SUMS + i];
        }
      }
    }
  }
  tile_release();
}
