// Tile operations as AMX instructions. Own inline assembly: GCC's intrinsics carry no memory clobber, so a tile load
// may be moved before the stores that feed it, and its own LDTILECFG declares 8 of the 64 bytes as read.
#pragma once

static inline void tile_configure(const TileConfig* config) {
  __asm__ volatile("ldtilecfg %0" : : "m"(*config) : "memory");
}

// Gives the registers back: a thread with live tiles costs 8 KiB at every context switch.
static inline void tile_release() { __asm__ volatile("tilerelease" : : : "memory"); }

template <int T>
static inline void tile_zero() {
  __asm__ volatile("tilezero %%tmm%c0" : : "i"(T));
}

template <int T>
static inline void tile_load(const void* rows, long stride_bytes = TILE_ROW_BYTES) {
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(rows), "r"(stride_bytes), "i"(T) : "memory");
}

template <int T>
static inline void tile_store(void* rows, long stride_bytes = TILE_ROW_BYTES) {
  __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(rows), "r"(stride_bytes), "i"(T) : "memory");
}

// sums += activations x weights
template <int SUMS, int ACTIVATIONS, int WEIGHTS>
static inline void tile_multiply() {
  __asm__ volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(SUMS), "i"(ACTIVATIONS), "i"(WEIGHTS));
}
