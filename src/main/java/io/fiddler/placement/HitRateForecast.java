package io.fiddler.placement;

/// Expected share of (token, layer, expert) assignments served by a resident expert, each in [0,
/// 1].
///
/// @param overall over both phases
/// @param prefill over prompt tokens
/// @param decode over generated tokens
public record HitRateForecast(double overall, double prefill, double decode) {}
