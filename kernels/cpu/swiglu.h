// silu(gate) * up for a row of a tile. Fused multiply-adds are written out and others forbidden by the build, so that
// every build gives the same bits.
#pragma once

#include "bf16.h"

// e^x to about 1 ulp, for x clamped to [-87.3, 88]: reduction to [-ln 2 / 2, ln 2 / 2] and the polynomial of the
// Cephes library's expf.
static inline float exp_clamped(float x) {
  const float rounding = 0x1.8p23f;  // adding and subtracting it rounds to the nearest integer
  float y = x > -87.3f ? x : -87.3f;
  y = y < 88.0f ? y : 88.0f;
  const float n = (y * 1.442695f + rounding) - rounding;
  float r = __builtin_fmaf(n, -0.6933594f, y);
  r = __builtin_fmaf(n, 2.12194440e-4f, r);
  float p = 1.9875691e-4f;
  p = __builtin_fmaf(p, r, 1.3981999e-3f);
  p = __builtin_fmaf(p, r, 8.333452e-3f);
  p = __builtin_fmaf(p, r, 4.1665796e-2f);
  p = __builtin_fmaf(p, r, 0.16666666f);
  p = __builtin_fmaf(p, r, 0.5f);
  p = __builtin_fmaf(p, r * r, r + 1.0f);
  const int32_t scale_bits = ((int32_t)n + 127) << 23;
  float scale;
  memcpy(&scale, &scale_bits, sizeof scale);
  return p * scale;
}

static inline void swiglu_row(const float* gate, const float* up, bf16* out) {
  for (int i = 0; i < 16; i++) {
    const float activated = gate[i] / (1.0f + exp_clamped(-gate[i]));
    out[i] = float_to_bf16(activated * up[i]);
  }
}
