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

// h = silu(gate x) * (up x) for the panels [first_panel, end_panel) of a slice. Gate and up are read side by side.
//
// gate, up   panels [width / 16][hidden_size / 32] of tiles
// x          tiles [count / 16][hidden_size / 32]
// h          tiles [count / 16][width / 32], written
API void fiddler_gate_up(const bf16* gate, const bf16* up, const bf16* x, bf16* h, long count, long hidden_size,
                         long width, long first_panel, long end_panel) {
  alignas(64) float sums[MAX_TOKEN_TILES * 2 * TILE_SUMS];
  const long panel = TILE_ROWS * hidden_size;
  const long tiles_of_tokens = token_tiles(count);
  configure_tiles(rows_of_tile(count, 0));
  for (long p = first_panel; p < end_panel; p++) {
    const Panels panels = {gate + p * panel, up + p * panel, gate + (p + 1) * panel, up + (p + 1) * panel};
    multiply_panels(x, tiles_of_tokens, panels, hidden_size / TILE_DEPTH, sums);
    for (long t = 0; t < tiles_of_tokens; t++) {
      const float* tile_sums = sums + t * 2 * TILE_SUMS;
      // A tile of h is two panels wide.
      bf16* out = h + (t * (width / TILE_DEPTH) + p / 2) * TILE_ELEMENTS + p % 2 * TILE_ROWS;
      const int rows = rows_of_tile(count, t);
      for (int r = 0; r < rows; r++) {
        swiglu_row(tile_sums + r * TILE_ROWS, tile_sums + TILE_SUMS + r * TILE_ROWS, out + r * TILE_DEPTH);
      }
    }
  }
  tile_release();
}

// Adds y = down h of consecutive slices, in their order, to 32 columns of the output.
//
// down       first of the two panels of the first slice; panels [hidden_size / 16][width / 32] of tiles
// slice_stride  elements from a slice's panel to the next slice's
// num_slices number of slices
// h          tiles [num_slices][count / 16][width / 32]
// out        [count, hidden_size] from the first of the 32 columns; OUTPUT_SEPARATE: one such block a slice,
// out_stride floats apart
API void fiddler_down(const bf16* down, long slice_stride, long num_slices, const bf16* h, float_at* out,
                      long out_stride, int output, long count, long hidden_size, long width) {
  alignas(64) float sums[MAX_TOKEN_TILES * 2 * TILE_SUMS];
  const long panel = TILE_ROWS * width;
  const long tiles_of_tokens = token_tiles(count);
  configure_tiles(rows_of_tile(count, 0));
  for (long s = 0; s < num_slices; s++) {
    const bf16* first = down + s * slice_stride;
    const bf16* next = first + (s + 1 < num_slices ? slice_stride : 2 * panel);
    const Panels panels = {first, first + panel, next, next + panel};
    multiply_panels(h + s * tiles_of_tokens * TILE_ROWS * width, tiles_of_tokens, panels, width / TILE_DEPTH, sums);
    const bool sets = output == OUTPUT_SEPARATE || (output == OUTPUT_SET && s == 0);
    float_at* to = output == OUTPUT_SEPARATE ? out + s * out_stride : out;
    for (long row = 0; row < count; row++) {
      const float* row_sums = sums + row / TILE_ROWS * 2 * TILE_SUMS + row % TILE_ROWS * TILE_ROWS;
      for (int side = 0; side < 2; side++) {
        float_at* target = to + row * hidden_size + side * TILE_ROWS;
        const float* y = row_sums + side * TILE_SUMS;
        for (int i = 0; i < TILE_ROWS; i++) {
          target[i] = sets ? y[i] : target[i] + y[i];
        }
      }
    }
  }
  tile_release();
}
