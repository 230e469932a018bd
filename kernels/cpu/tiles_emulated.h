// Tile operations in plain C++, bit for bit what the instructions do (Intel's SDM, TDPBF16PS): the products of even
// and of odd elements are added up by fused multiply-adds in two chains that begin at zero, the chains are added to
// each other, and the result to the sums. Subnormal inputs count as zero, subnormal results become zero, everything
// is rounded to nearest even.
#pragma once

#include <stdlib.h>

struct TileState {
  TileConfig config;
  uint8_t bytes[8][TILE_ROWS][TILE_ROW_BYTES];
};

static thread_local TileState tiles;

// A float32 from a double that is exact or lies on no wrong side of a rounding boundary. The result is subnormal if it
// still is after rounding with an unbounded exponent: hence the half unit below the smallest normal number.
static inline float rounded(double value) {
  const double size = value < 0 ? -value : value;
  return size < 0x1p-126 - 0x1p-151 ? (float)(value * 0) : (float)value;
}

static inline float normal(bf16 value) { return bf16_to_float((value & 0x7f80) == 0 ? (bf16)(value & 0x8000) : value); }

// A product of two bf16 has 16 bits, so in double it is exact and its sum with a float is rounded to float correctly.
static inline float multiply_add(float a, float b, float sum) { return rounded((double)a * (double)b + (double)sum); }

static inline float add(float a, float b) { return rounded((double)a + (double)b); }

static inline void tile_configure(const TileConfig* config) { tiles.config = *config; }

// Live tiles after the end of a kernel would be a mistake: later use must fail.
static inline void tile_release() { memset(&tiles.config, 0, sizeof tiles.config); }

// The instruction would raise #UD.
static inline void require_tiles(bool legal) {
  if (!legal) {
    abort();
  }
}

template <int T>
static inline void tile_zero() {
  require_tiles(tiles.config.palette == 1);
  memset(tiles.bytes[T], 0, sizeof tiles.bytes[T]);
}

template <int T>
static inline void tile_load(const void* rows, long stride_bytes = TILE_ROW_BYTES) {
  require_tiles(tiles.config.palette == 1);
  memset(tiles.bytes[T], 0, sizeof tiles.bytes[T]);
  for (int row = 0; row < tiles.config.rows[T]; row++) {
    memcpy(tiles.bytes[T][row], (const uint8_t*)rows + row * stride_bytes, tiles.config.row_bytes[T]);
  }
}

template <int T>
static inline void tile_store(void* rows, long stride_bytes = TILE_ROW_BYTES) {
  require_tiles(tiles.config.palette == 1);
  for (int row = 0; row < tiles.config.rows[T]; row++) {
    memcpy((uint8_t*)rows + row * stride_bytes, tiles.bytes[T][row], tiles.config.row_bytes[T]);
  }
}

static void multiply_tile(int sums, int activations, int weights) {
  const TileConfig& config = tiles.config;
  const int depth = config.row_bytes[activations] / 4;
  const int columns = config.row_bytes[weights] / 4;
  require_tiles(config.palette == 1 && config.rows[activations] == config.rows[sums] &&
                config.rows[weights] == depth && config.row_bytes[sums] == config.row_bytes[weights]);
  for (int row = 0; row < config.rows[sums]; row++) {
    float even[TILE_ROWS] = {};
    float odd[TILE_ROWS] = {};
    for (int k = 0; k < depth; k++) {
      bf16 a[2];
      bf16 b[2 * TILE_ROWS];
      memcpy(a, &tiles.bytes[activations][row][4 * k], sizeof a);
      memcpy(b, tiles.bytes[weights][k], sizeof b);
      const float a_even = normal(a[0]);
      const float a_odd = normal(a[1]);
      for (int column = 0; column < columns; column++) {
        even[column] = multiply_add(a_even, normal(b[2 * column]), even[column]);
        odd[column] = multiply_add(a_odd, normal(b[2 * column + 1]), odd[column]);
      }
    }
    float sum[TILE_ROWS];
    memcpy(sum, tiles.bytes[sums][row], sizeof sum);
    for (int column = 0; column < columns; column++) {
      sum[column] = add(rounded(sum[column]), add(even[column], odd[column]));
    }
    memcpy(tiles.bytes[sums][row], sum, sizeof sum);
  }
}

// sums += activations x weights
template <int SUMS, int ACTIVATIONS, int WEIGHTS>
static inline void tile_multiply() {
  multiply_tile(SUMS, ACTIVATIONS, WEIGHTS);
}
