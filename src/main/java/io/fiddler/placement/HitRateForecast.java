package io.fiddler.placement;

/// Expected share of (token, layer, expert) assignments served by a resident expert, each in [0,
/// 1].
///
/// @param overall over both phases
/// @param prefill over prompt tokens
/// @param decode over generated tokens
/// @param uncertainty half the width of the interval around `overall` that nine of ten coming hours
///   should fall into; 1 if nothing is known
public record HitRateForecast(double overall, double prefill, double decode, double uncertainty) {
  /// A forecast nothing is known about how sure it is.
  public HitRateForecast(double overall, double prefill, double decode) {
    this(overall, prefill, decode, 1);
  }

  /// The same with another uncertainty.
  public HitRateForecast with(double halfWidth) {
    return new HitRateForecast(overall, prefill, decode, halfWidth);
  }
}
