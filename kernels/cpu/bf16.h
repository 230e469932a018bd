// bfloat16: the upper half of a float32.
#pragma once

#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

// The memory of Java promises no alignment of floats; float_at says so to the compiler.
typedef float float_at __attribute__((aligned(1), may_alias));

static inline float bf16_to_float(bf16 value) {
  const uint32_t bits = (uint32_t)value << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

// Rounds to nearest, ties to even. Written with integers, and not with the CPU's instruction, so that every build
// gives the same bits, subnormal numbers included.
static inline bf16 float_to_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const uint32_t quiet_nan = (bits >> 16) | 0x40u;  // rounding could carry a NaN's payload into infinity
  return (bf16)((bits & 0x7fffffffu) > 0x7f800000u ? quiet_nan : rounded);
}
